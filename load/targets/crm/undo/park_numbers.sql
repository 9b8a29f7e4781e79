-- Frees the numbers that pass from one client to another while they are given back; nobody sees the numbers between.
-- grain: one client; key: id; inputs: wa2pg_mine, wa2pg_kept
update public.clients c
set phone = '+' || lpad(m.number::text, 20, '0')
from (
  select row_id, row_number() over (order by row_id) as number
  from wa2pg_mine
  where table_name = 'clients' and not inserted and before ? 'phone'
) m
where c.id = m.row_id
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = c.id)
