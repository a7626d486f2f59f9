-- The fleet, and its census. A scanner has one credential; during a rotation the next one is valid beside it until first used.
create table scanners (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  enrolled_with uuid not null,
  enrolled_at timestamptz not null default now(),
  credential_hash bytea not null,
  next_credential_hash bytea,
  rotation_requested_at timestamptz,
  binary_version text not null,
  protocol_version integer not null,
  state text not null default 'offline',
  last_seen_at timestamptz,
  -- When `state` lapses unless another heartbeat comes: online becomes late, late becomes offline.
  lapses_at timestamptz,
  instance_id text,
  previous_instance_id text,
  clone_suspected_at timestamptz,
  refused_since timestamptz,
  refused_count bigint not null default 0,
  revoked_at timestamptz,
  revoked_by text,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint protocol_version_is_positive check (protocol_version > 0),
  constraint state_is_known check (state in ('online', 'late', 'offline', 'revoked')),
  constraint revoked_has_its_state check ((state = 'revoked') = (revoked_at is not null)),
  constraint credential_hash_is_sha256 check (octet_length(credential_hash) = 32),
  constraint next_credential_hash_is_sha256 check (octet_length(next_credential_hash) = 32),
  constraint credential_hash_is_unique unique (credential_hash),
  constraint next_credential_hash_is_unique unique (next_credential_hash),
  constraint enrolled_with_a_token foreign key (enrolled_with) references enrolment_tokens (id)
);

create index scanners_by_token on scanners (enrolled_with);
create index scanners_by_lapse on scanners (lapses_at) where state in ('online', 'late');
create index scanners_by_group on scanners (protocol_version, binary_version, id);
