-- What some clients have of messages now, as the figures in metadata tell it.
-- grain: one client; key: id; inputs: clients, conversations, messages
select
  c.id,
  jsonb_build_object(
    'messageCount', count(m.id),
    'firstContactDate', to_char(min(m."createdAt") filter (where m."createdAt" > 'epoch'),
                                'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'lastContactDate', to_char(max(m."createdAt") filter (where m."createdAt" > 'epoch'),
                               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )
from public.clients c
left join public.conversations v on v."clientId" = c.id
left join public.messages m on m."conversationId" = v.id
where c.id = any(%(ids)s)
group by c.id
