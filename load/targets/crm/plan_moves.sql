-- The clients that have a new number: the row is known by an address, not by its phone. A phone stays when
-- - a person set it: no address of his has its last eight digits (renumberings change what stands before them), or an
--   import has taken it away before and it was given back;
-- - it is the same number written differently: the last eight digits are equal;
-- - another account of the organisation has a later message of his, or one as late and the name that comes first.
-- grain: one client; key: client_id; inputs: wa2pg_claims, wa2pg_clients, clients, conversations, messages, import_runs
create temporary table wa2pg_moves on commit drop as
with candidate as (
  select distinct on (k.phone) k.phone, c.id as client_id, s.addresses, s.last_message_at
  from wa2pg_claims k
  join wa2pg_clients s using (phone)
  join public.clients c on c.id = k.client_id
  where (k.by_lid or k.by_number)
    and not exists (
      select 1 from wa2pg_claims own where own.phone = k.phone and own.by_phone and not own.contradicted
    )
  order by k.phone, k.by_lid desc, c.last_message_at desc nulls last, c.id
)
select
  (row_number() over (order by c.id))::integer as number,
  c.id as client_id,
  n.phone,
  n.addresses,
  c.phone as old_phone,
  jsonb_build_object('phone', c.phone)
    || case when c.addresses @> n.addresses then '{}' else jsonb_build_object('addresses', c.addresses) end as before
from candidate n
join public.clients c on c.id = n.client_id
where right(c.phone, 8) <> right(n.phone, 8)
  and exists (
    select 1 from unnest(c.addresses || n.addresses) part (address)
    where part.address not like '%%@lid'
      and right(split_part(part.address, '@', 1), 8) = right(ltrim(c.phone, '+'), 8)
  )
  and not exists (
    select 1 from public.import_run_changes gone
    where gone.table_name = 'clients' and gone.row_id = c.id and gone.before ->> 'phone' = c.phone
  )
  and not exists (
    select 1
    from public.conversations v
    join public.messages m on m.conversation_id = v.id
    join public.import_runs r on r.id = m.import_run_id
    where v.client_id = c.id
      and r.account <> %(account)s
      and (m.sent_at, %(account)s collate "C")
        > (coalesce(n.last_message_at, '-infinity'), r.account collate "C")
  )
