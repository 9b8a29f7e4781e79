-- (DuckDB) Sets a batch of clean messages against what its chats already have.
-- verdict: new, changed, same; of a chat that is left_out, refused or held_back; of nobody in the clean clients
-- grain: one clean message; key: phone, direction, whatsapp_message_id; inputs: clean_messages, chats, held_back, there
create temporary view compared as
with once as (
  -- a message that stands in several conversations of a person is followed in the one that is loaded into
  select distinct on (number, direction, whatsapp_message_id) *
  from there
  order by number, direction, whatsapp_message_id, conversation_id nulls first
)
select
  m.*,
  c.number,
  coalesce(uuid_bytes(t.conversation_id), c.conversation_id) as conversation_id,
  case
    when c.phone is null and m.phone in (select phone from held_back) then 'held_back'
    when c.phone is null then 'nobody'
    when c.refused then 'refused'
    when c.number is null then 'left_out'
    when c.whole then 'same'
    when t.number is null then 'new'
    when t.ours and t.content_hash is distinct from m.content_hash then 'changed'
    else 'same'
  end as verdict
from clean_messages m
left join chats c using (phone)
left join once t
  on t.number = c.number
  and t.direction = m.direction
  and t.whatsapp_message_id = plain(m.whatsapp_message_id)
