-- Tokens for programs. Only the SHA-256 of a token is kept; the token itself is shown once, when it is made.
create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  token_hash bytea not null,
  role text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint role_is_known check (role in ('admin', 'auditor', 'user')),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint token_hash_is_unique unique (token_hash)
);

create unique index api_tokens_live_name_is_unique on api_tokens (name) where revoked_at is null;
