-- The clean run's chats on the server, for the length of the transaction.
-- The second keys are for a number that somebody else had before; address: how whatsapp-web.js writes the chat.
-- row_id: the row that is his already; inserted: this run made it. Times are UTC, as everywhere in these tables.
-- grain: one client with his conversation; key: phone; inputs: clean clients and conversations
create temporary table wa2pg_clients (
  rank integer,
  phone text primary key,
  client_key text not null,
  conversation_key text not null,
  second_client_key text not null,
  second_conversation_key text not null,
  address text not null,
  first_name text,
  last_name text,
  name_source text,
  preferred_language text,
  status text not null,
  status_source text,
  status_reason text,
  country text,
  country_name text,
  time_zone text,
  first_message_at timestamp(3),
  last_message_at timestamp(3),
  message_count integer not null,
  addresses text[] not null,
  row_id text,
  chosen boolean not null default false,
  inserted boolean not null default false,
  refused text
) on commit drop
