-- What the conversations hold that this run has made, on its way.
-- grain: one chat; key: number; inputs: new_chats.sql
create temporary table wa2pg_new_chats (
  number integer,
  message_count integer,
  incoming_count integer,
  outgoing_count integer,
  first_message_at timestamptz,
  last_message_at timestamptz
) on commit drop
