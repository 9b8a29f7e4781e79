-- Messages whose conversation is not there, or is another organisation's.
-- grain: one row; inputs: messages, conversations
select count(*), (array_agg(m.id order by m.id))[1:10]
from public.messages m
left join public.conversations v on v.id = m."conversationId" and v."organizationId" = m."organizationId"
where m."organizationId" = %(organization)s and v.id is null
