-- plimsoll: oldest-compatible=7
-- When a token was last used, to the minute: whoever tidies up sees which tokens nobody needs any more.
alter table api_tokens add column last_used_at timestamptz;
