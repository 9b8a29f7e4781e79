-- Where each chosen chat lives: his row, and the ACTIVE conversation that new messages go to (null: none yet).
-- grain: one chat; key: phone; inputs: wa2pg_clients, clients, conversations
create temporary table wa2pg_chats on commit drop as
with active as (
  select distinct on ("clientId") "clientId" as client_id, id
  from public.conversations
  where "organizationId" = %(organization)s and channel = %(channel)s::public."CommunicationChannel"
    and status = 'ACTIVE'
  order by "clientId", "lastMessageAt" desc nulls last, "createdAt" desc, id
)
select
  (row_number() over (order by s.phone collate "C"))::integer as number,
  s.phone,
  c.id as client_id,
  a.id as conversation_id,
  s.inserted as new_client
from wa2pg_clients s
join public.clients c
  on c."organizationId" = %(organization)s
  and (c.id = s.row_id or (s.row_id is null and c.phone = s.phone))
left join active a on a.client_id = c.id
where s.chosen
