-- The chats in which this run wrote messages; several rows a chat.
-- grain: none; inputs: messages that were written
create temporary table wa2pg_touched (
  number integer,
  inserted integer,
  updated integer,
  last_message_at timestamp(3)
) on commit drop
