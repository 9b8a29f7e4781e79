-- The clean run's chats on the server, for the length of the transaction.
-- row_id: the row that is his already; the second keys are for a number that somebody else had before.
-- grain: one client with his conversation; key: phone; inputs: clean clients and conversations
create temporary table wa2pg_clients (
  rank integer not null,
  phone text primary key,
  client_key uuid not null,
  conversation_key uuid not null,
  second_client_key uuid not null,
  second_conversation_key uuid not null,
  name text,
  first_name text,
  last_name text,
  name_source text,
  preferred_language text,
  language_confidence double precision,
  languages jsonb,
  status text,
  status_confidence double precision,
  status_source text,
  status_reason text,
  country text,
  time_zone text,
  first_message_at timestamptz,
  last_message_at timestamptz,
  incoming_count integer,
  outgoing_count integer,
  ad_title text,
  addresses text[],
  archived boolean,
  row_id uuid,
  chosen boolean not null default true,
  refused text
) on commit drop
