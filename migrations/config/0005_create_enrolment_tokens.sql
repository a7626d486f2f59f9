-- What lets a scanner enrol. Only the SHA-256 of a token is kept; the token itself is shown once, when it is made.
create table enrolment_tokens (
  id uuid primary key default gen_random_uuid(),
  note text not null default '',
  token_hash bytea not null,
  made_by text not null,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  max_uses integer not null,
  uses integer not null default 0,
  revoked_at timestamptz,
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint token_hash_of_enrolment_is_unique unique (token_hash),
  constraint max_uses_is_positive check (max_uses > 0),
  constraint uses_within_bounds check (uses between 0 and max_uses)
);
