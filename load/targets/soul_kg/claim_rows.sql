-- Which rows each clean client could be: the same phone; a LID in common with a row that a load inserted; his key
-- (somebody has corrected the phone since). Who is known by LIDs is no row that is known by others, whatever its phone.
-- A row is one client's: a LID has the first word, then the phone.
-- grain: one row; key: client_id; inputs: wa2pg_clients, wa2pg_rows
create temporary table wa2pg_claims on commit drop as
with his_lids as (
  select s.phone, part.address
  from wa2pg_clients s
  cross join unnest(s.addresses) part (address)
  where part.address like '%%@lid'
),
row_lids as (
  select r.id, part.address from wa2pg_rows r cross join unnest(r.lids) part (address)
),
claim as (
  select phone, r.id as client_id, 'phone' as how from wa2pg_clients join wa2pg_rows r using (phone)
  union all
  select h.phone, r.id, 'lid' from his_lids h join row_lids r using (address)
  union all
  select s.phone, r.id, 'key' from wa2pg_clients s join wa2pg_rows r on r.id = s.client_key
  union all
  select s.phone, r.id, 'key' from wa2pg_clients s join wa2pg_rows r on r.id = s.second_client_key
),
joined as (
  select
    phone,
    client_id,
    bool_or(how = 'phone') as by_phone,
    bool_or(how = 'lid') as by_lid
  from claim
  group by phone, client_id
)
select distinct on (j.client_id) j.*
from joined j
join wa2pg_rows r on r.id = j.client_id
join wa2pg_clients s on s.phone = j.phone
where j.by_lid or r.lids = '{}' or j.phone not in (select phone from his_lids)
order by j.client_id, j.by_lid desc, j.by_phone desc, s.last_message_at desc nulls last, j.phone collate "C"
