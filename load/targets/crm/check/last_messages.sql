-- Each client's phone, LIDs and last message in the database.
-- grain: one client; key: id; inputs: clients, conversations, messages
select
  c.id::text,
  c.phone,
  array(select part from unnest(c.addresses) part where part like '%%@lid') as lids,
  max(m.sent_at) filter (where m.sent_at > 'epoch') as last_message_at
from public.clients c
left join public.conversations v on v.client_id = c.id
left join public.messages m on m.conversation_id = v.id
where c.organization_id = %(organization)s
group by c.id
