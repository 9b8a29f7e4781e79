-- Clients whose counts or first or last time are not those of their messages.
-- grain: one row; inputs: clients, conversations, messages
select count(*), (array_agg(id::text order by id))[1:10]
from (
  select c.id
  from public.clients c
  left join public.conversations v on v.client_id = c.id
  left join public.messages m on m.conversation_id = v.id
  where c.organization_id = %(organization)s
  group by c.id
  having (c.incoming_count, c.outgoing_count, c.first_message_at, c.last_message_at) is distinct from (
    (count(m.id) filter (where m.direction = 'INCOMING'))::integer,
    (count(m.id) filter (where m.direction = 'OUTGOING'))::integer,
    min(m.sent_at) filter (where m.sent_at > 'epoch'),
    max(m.sent_at) filter (where m.sent_at > 'epoch')
  )
) c
