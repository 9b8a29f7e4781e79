-- Messages whose conversation is not there, or is another organisation's.
-- grain: one row; inputs: messages, conversations
select count(*), (array_agg(m.id::text order by m.id))[1:10]
from public.messages m
left join public.conversations v on v.id = m.conversation_id and v.organization_id = m.organization_id
where m.organization_id = %(organization)s and v.id is null
