-- Who a user is to an OpenID provider. The subject is what a provider never gives to somebody else; names it may change.
create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users (id),
  linked_at timestamptz not null default now(),
  last_sign_in_at timestamptz not null default now(),
  primary key (issuer, subject)
);

create index user_identities_by_user on user_identities (user_id);

-- What stands in the log keeps the narrower rule, so it need not be read again.
alter table audit_events drop constraint actor_method_is_known;
alter table audit_events add constraint actor_method_is_known
  check (actor_method in ('password', 'oidc', 'token', 'recovery', 'command', 'system')) not valid;
