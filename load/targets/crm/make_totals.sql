-- What the conversations of this run hold, filled by count_messages.sql and count_new_chats.sql.
-- grain: one conversation; key: conversation_id; inputs: none
create temporary table wa2pg_totals (
  conversation_id uuid primary key,
  client_id uuid not null,
  message_count integer not null,
  incoming_count integer not null,
  outgoing_count integer not null,
  inserted_count integer not null,
  imported_count integer not null,
  first_message_at timestamptz,
  last_message_at timestamptz,
  before_us timestamptz,
  after_us timestamptz,
  ours_count integer not null,
  ours_mark numeric
) on commit drop
