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
  coalesce(his.id, by_phone.id) as client_id,
  a.id as conversation_id,
  s.inserted as new_client
from wa2pg_clients s
left join public.clients his on his.id = s.row_id
left join public.clients by_phone
  on s.row_id is null and by_phone."organizationId" = %(organization)s and by_phone.phone = s.phone
left join active a on a.client_id = coalesce(his.id, by_phone.id)
where s.chosen and coalesce(his.id, by_phone.id) is not null
