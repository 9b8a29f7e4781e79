-- (DuckDB) Sets a batch of clean messages against what its chats already have.
-- grain: one clean message; key: number, direction, whatsapp_message_id; inputs: clean_messages, batch, there
create temporary view compared as
select
  m.*,
  c.conversation_id,
  case
    when t.number is null then 'new'
    when t.ours and t.content_hash is distinct from m.content_hash then 'changed'
    else 'same'
  end as verdict
from clean_messages m
join batch c using (phone)
left join there t
  on t.number = c.number
  and t.direction = m.direction
  and t.whatsapp_message_id = plain(m.whatsapp_message_id)
