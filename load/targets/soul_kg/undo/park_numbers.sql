-- Frees the numbers that pass from one client to another while they are given back; nobody sees the numbers between.
-- grain: one client; key: id; inputs: wa2pg_restored, wa2pg_kept
update public.clients c
set phone = 'wa2pg ' || r.row_id
from wa2pg_restored r
where r.table_name = 'clients'
  and r.row_id = c.id
  and r.columns ? 'phone'
  and not exists (select from wa2pg_kept k where k.table_name = 'clients' and k.row_id = c.id)
