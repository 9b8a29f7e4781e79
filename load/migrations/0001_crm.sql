-- The layout `crm`: organisations, their clients, conversations and messages, and what each import did.
-- Keys of imported rows are uuid5(organization id, natural key), see docs/postgres.md.
-- A pair (id, organization_id) is the target of every reference below an organisation, so that no row can
-- belong to another organisation than its parent does.

create table public.organizations (
  id uuid primary key,
  name text not null constraint organizations_name_given check (name <> ''),
  slug text not null constraint organizations_slug_unique unique
    constraint organizations_slug_form check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.organizations is 'A company whose clients these are';
comment on column public.organizations.slug is 'Short name for command lines: a-z, 0-9 and -';

create table public.import_runs (
  id uuid primary key,
  organization_id uuid not null references public.organizations on delete cascade,
  account text not null,
  clean_run text not null,
  inputs_sha256 text not null,
  tool_version text not null,
  options jsonb not null,
  counts jsonb not null default '{}',
  started_at timestamptz not null default now(),
  finished_at timestamptz
);
create index import_runs_organization on public.import_runs (organization_id, started_at);
comment on table public.import_runs is 'One row for each load that was committed';
comment on column public.import_runs.account is 'The WhatsApp account (archive) that was loaded';
comment on column public.import_runs.clean_run is 'The run of transform whose tables were loaded';
comment on column public.import_runs.inputs_sha256 is 'Hash of everything that run was made from';
comment on column public.import_runs.counts is 'The figures of the load''s report';

create table public.clients (
  id uuid primary key,
  organization_id uuid not null references public.organizations on delete cascade,
  phone text not null constraint clients_phone_e164 check (phone ~ '^\+[0-9]{3,20}$'),
  name text,
  first_name text,
  last_name text,
  name_source text,
  preferred_language text,
  language_confidence double precision,
  status text not null default 'NEW_LEAD' constraint clients_status_known check (status in
    ('NEW_LEAD', 'QUALIFIED', 'WARMED', 'PROPOSAL_SENT', 'NEGOTIATION', 'SOLD', 'SERVICE', 'CLOSED')),
  status_confidence double precision,
  status_source text,
  status_reason text,
  country text,
  time_zone text,
  first_message_at timestamptz,
  last_message_at timestamptz,
  incoming_count integer not null default 0,
  outgoing_count integer not null default 0,
  ad_title text,
  addresses text[] not null default '{}',
  import_run_id uuid references public.import_runs on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint clients_phone_unique unique (organization_id, phone),
  constraint clients_of_organization unique (id, organization_id)
);
create index clients_latest on public.clients (organization_id, last_message_at desc nulls last);
create index clients_import_run on public.clients (import_run_id);
comment on table public.clients is 'A person the company talks to, by phone';
comment on column public.clients.phone is 'E.164: + and digits';
comment on column public.clients.name_source is 'Where the name came from, for example contacts or push_name';
comment on column public.clients.preferred_language is 'ISO 639 code of the client''s own messages; null when unsure';
comment on column public.clients.status is 'Where the client stands in the sales funnel';
comment on column public.clients.status_source is 'What decided the status at import: rules, llm or review';
comment on column public.clients.first_message_at is 'Time of the first message in this database';
comment on column public.clients.last_message_at is 'Time of the last message in this database';
comment on column public.clients.addresses is 'Every WhatsApp address this person wrote from';
comment on column public.clients.import_run_id is 'The import that inserted the row; null when no import did';

create table public.conversations (
  id uuid primary key,
  organization_id uuid not null,
  client_id uuid not null,
  channel text not null default 'WHATSAPP' constraint conversations_channel_given check (channel <> ''),
  first_message_at timestamptz,
  last_message_at timestamptz,
  message_count integer not null default 0,
  archived boolean not null default false,
  import_run_id uuid references public.import_runs on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint conversations_client foreign key (client_id, organization_id)
    references public.clients (id, organization_id) on delete cascade,
  constraint conversations_channel_unique unique (organization_id, client_id, channel),
  constraint conversations_of_organization unique (id, organization_id)
);
create index conversations_of_client on public.conversations (client_id);
create index conversations_import_run on public.conversations (import_run_id);
comment on table public.conversations is 'A client''s thread on a channel';
comment on column public.conversations.archived is 'Whether the chat was archived on the phone';

create table public.messages (
  id uuid primary key,
  organization_id uuid not null,
  conversation_id uuid not null,
  direction text not null constraint messages_direction_known check (direction in ('INCOMING', 'OUTGOING')),
  whatsapp_message_id text not null,
  type text not null constraint messages_type_known check (type in
    ('TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'STICKER', 'LOCATION', 'CONTACT', 'CALL', 'OTHER')),
  body text,
  sent_at timestamptz not null,
  language text,
  delivery text constraint messages_delivery_known check (delivery in
    ('error', 'pending', 'sent', 'delivered', 'read', 'played')),
  reply_to text,
  forwarded boolean not null default false,
  edited_at timestamptz,
  deleted_at timestamptz,
  reactions jsonb not null default '[]',
  media_mime text,
  media_name text,
  media_bytes bigint,
  content_hash text,
  -- no reference: its check at every row would cost more than the row (imports are not deleted but undone)
  import_run_id uuid,
  created_at timestamptz not null default now(),
  constraint messages_conversation foreign key (conversation_id, organization_id)
    references public.conversations (id, organization_id) on delete cascade,
  constraint messages_whatsapp_unique unique (conversation_id, direction, whatsapp_message_id)
);
create index messages_in_order on public.messages (conversation_id, sent_at);
comment on table public.messages is 'One WhatsApp message of a client''s conversation';
comment on column public.messages.direction is 'INCOMING is the client''s';
comment on column public.messages.whatsapp_message_id is 'WhatsApp''s own id, unique per conversation and direction';
comment on column public.messages.body is 'Text or caption; null for media without caption';
comment on column public.messages.language is 'ISO 639 code; null when unsure or without letters';
comment on column public.messages.reply_to is 'The whatsapp_message_id this answers';
comment on column public.messages.edited_at is 'When the text shown here replaced an earlier one';
comment on column public.messages.deleted_at is 'When its author deleted it for everyone; the text is kept';
comment on column public.messages.reactions is '[{"emoji", "from_me", "sent_at"}], [] when none';
comment on column public.messages.content_hash is 'Changes when the archive knows a newer state of this message';
comment on column public.messages.import_run_id is 'The import that inserted the row; null when no import did';

create table public.client_status_history (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  client_id uuid not null,
  old_status text,
  new_status text not null,
  changed_by text not null constraint client_status_history_by_known check (changed_by in ('IMPORT', 'HUMAN', 'AI')),
  reason text,
  import_run_id uuid references public.import_runs on delete set null,
  created_at timestamptz not null default now(),
  constraint client_status_history_client foreign key (client_id, organization_id)
    references public.clients (id, organization_id) on delete cascade
);
create index client_status_history_of_client on public.client_status_history (client_id, created_at);
create index client_status_history_import_run on public.client_status_history (import_run_id);
comment on table public.client_status_history is 'Every status a client has had, oldest first';
comment on column public.client_status_history.old_status is 'Null for the first';

create table public.import_run_changes (
  import_run_id uuid not null references public.import_runs on delete cascade,
  table_name text not null constraint import_run_changes_table_known check (table_name in
    ('clients', 'conversations', 'messages')),
  row_id uuid not null,
  before jsonb not null,
  primary key (import_run_id, table_name, row_id)
);
comment on table public.import_run_changes is 'Rows that an import changed (not those it inserted)';
comment on column public.import_run_changes.before is 'The changed columns as they were before';
