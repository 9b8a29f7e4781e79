-- Finds the row of each clean client: by phone, else by LID, by key, by a number he had. A new client takes his second
-- keys where the first are another person's, who had the number before. One whose phone another row keeps cannot be
-- loaded.
-- grain: one client; key: phone; inputs: wa2pg_clients, wa2pg_claims, clients, conversations
with his as (
  select distinct on (k.phone) k.phone, k.client_id
  from wa2pg_claims k
  join public.clients c on c.id = k.client_id
  where k.by_phone or k.by_lid or k.by_key or k.by_number
  order by
    k.phone, (k.by_phone and not k.contradicted) desc, k.by_lid desc, k.by_key desc, k.by_number desc,
    c.last_message_at desc nulls last, c.id
),
found as (
  select
    s.phone,
    his.client_id as row_id,
    case
      when his.client_id is null and exists (select 1 from public.clients c where c.id = s.client_key)
        then s.second_client_key
      else s.client_key
    end as client_key,
    case
      when exists (select 1 from public.conversations v where v.id = s.conversation_key)
        and not exists (
          select 1 from wa2pg_claims k
          join public.conversations v on v.client_id = k.client_id
          where k.phone = s.phone and v.id = s.conversation_key
        )
        then s.second_conversation_key
      else s.conversation_key
    end as conversation_key,
    case
      when his.client_id is null and exists (
        select 1 from public.clients c where c.organization_id = %(organization)s and c.phone = s.phone
      )
        then 'another client of the database has his number'
    end as refused
  from wa2pg_clients s
  left join his using (phone)
)
update wa2pg_clients s
set row_id = f.row_id, client_key = f.client_key, conversation_key = f.conversation_key, refused = f.refused
from found f
where f.phone = s.phone
  and (f.row_id, f.client_key, f.conversation_key, f.refused)
    is distinct from (s.row_id, s.client_key, s.conversation_key, s.refused)
