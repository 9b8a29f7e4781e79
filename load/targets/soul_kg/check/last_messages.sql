-- Each client's phone, LIDs (as loads noted them) and last message in the database.
-- grain: one client; key: id; inputs: clients, conversations, messages
select
  c.id,
  c.phone,
  array(
    select part.address
    from jsonb_array_elements_text(
      case when jsonb_typeof(c.metadata #> '{wa2pg,addresses}') = 'array' then c.metadata #> '{wa2pg,addresses}'
        else '[]' end
    ) part (address)
    where part.address like '%%@lid'
  ) as lids,
  timezone('UTC', max(m."createdAt") filter (where m."createdAt" > 'epoch')) as last_message_at
from public.clients c
left join public.conversations v on v."clientId" = c.id
left join public.messages m on m."conversationId" = v.id
where c."organizationId" = %(organization)s
group by c.id
