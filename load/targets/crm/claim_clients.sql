-- Which rows each clean client could be, and why: the same phone; the same key (a person has corrected the phone
-- since); the same LID in a row that an import inserted; a number he had, in a row that an import of this account
-- inserted (numbers change hands, so another account's word for one is not taken); the key of his conversation,
-- which is no claim to the client.
-- `contradicted`: both are known by LIDs, and by none in common, so these are two people.
-- grain: one clean client and row; key: phone, client_id; inputs: wa2pg_clients, clients, conversations, import_runs
create temporary table wa2pg_claims on commit drop as
with told as (
  select s.phone, part.address, part.address like '%%@lid' as is_lid
  from wa2pg_clients s
  cross join unnest(s.addresses) part (address)
),
stored as (
  select c.id, part.address, r.account = %(account)s as of_account
  from public.clients c
  join public.import_runs r on r.id = c.import_run_id
  cross join unnest(c.addresses) part (address)
  where c.organization_id = %(organization)s
),
claim as (
  select s.phone, c.id as client_id, 'phone' as how
  from wa2pg_clients s
  join public.clients c on c.organization_id = %(organization)s and c.phone = s.phone
  union all
  select s.phone, c.id, 'key'
  from wa2pg_clients s
  join public.clients c on c.organization_id = %(organization)s and c.id = s.client_key
  union all
  select s.phone, c.id, 'key'
  from wa2pg_clients s
  join public.clients c on c.organization_id = %(organization)s and c.id = s.second_client_key
  union all
  select t.phone, k.id, case when t.is_lid then 'lid' else 'number' end
  from told t
  join stored k using (address)
  where t.is_lid or k.of_account
  union all
  select s.phone, v.client_id, 'conversation'
  from wa2pg_clients s
  join public.conversations v on v.organization_id = %(organization)s and v.id = s.conversation_key
),
claimed as (
  select
    phone,
    client_id,
    bool_or(how = 'phone') as by_phone,
    bool_or(how = 'key') as by_key,
    bool_or(how = 'lid') as by_lid,
    bool_or(how = 'number') as by_number
  from claim
  group by phone, client_id
)
select
  k.*,
  exists (select 1 from unnest(s.addresses) his (address) where his.address like '%%@lid')
  and exists (select 1 from unnest(c.addresses) has (address) where has.address like '%%@lid')
  and not exists (
    select 1 from unnest(s.addresses) his (address)
    where his.address like '%%@lid' and his.address = any(c.addresses)
  ) as contradicted
from claimed k
join wa2pg_clients s using (phone)
join public.clients c on c.id = k.client_id
