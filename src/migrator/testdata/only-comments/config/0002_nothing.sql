-- nothing yet
/* nor here */
;
