-- What the conversations hold that this run has made: nobody else sees them yet, so it is what was sent.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_new_chats, wa2pg_chats
insert into wa2pg_totals (
  conversation_id, client_id, message_count, incoming_count, outgoing_count, inserted_count, imported_count,
  first_message_at, last_message_at, ours_count
)
select
  h.conversation_id, h.client_id, n.message_count, n.incoming_count, n.outgoing_count, n.message_count,
  n.message_count, n.first_message_at, n.last_message_at, n.message_count
from wa2pg_new_chats n
join wa2pg_chats h using (number)
