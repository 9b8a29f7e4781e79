-- Where each chosen chat lives in the database. A conversation that a person has moved to another client is found by its key.
-- grain: one chat; key: phone; inputs: wa2pg_clients, clients, conversations
create temporary table wa2pg_chats on commit drop as
with found as (
  select s.phone, s.conversation_key, coalesce(s.row_id, by_phone.id, by_key.id) as client_id
  from wa2pg_clients s
  left join public.clients by_phone on by_phone.organization_id = %(organization)s and by_phone.phone = s.phone
  left join public.clients by_key on by_key.organization_id = %(organization)s and by_key.id = s.client_key
  where s.chosen
)
select
  (row_number() over (order by f.phone collate "C"))::integer as number,
  f.phone,
  c.id as client_id,
  v.id as conversation_id,
  c.import_run_id is not distinct from %(run)s as new_client,
  v.import_run_id is not distinct from %(run)s as new_conversation
from found f
join public.clients c on c.id = f.client_id
left join public.conversations of_client
  on of_client.organization_id = %(organization)s
  and of_client.client_id = f.client_id
  and of_client.channel = %(channel)s
left join public.conversations by_key
  on by_key.organization_id = %(organization)s and by_key.id = f.conversation_key
join public.conversations v on v.id = coalesce(of_client.id, by_key.id)
