-- How many clients get earlier values back.
-- grain: one row; inputs: wa2pg_restored, wa2pg_kept
select count(*)
from wa2pg_restored r
where r.table_name = 'clients'
  and not exists (select from wa2pg_kept k where k.table_name = 'clients' and k.row_id = r.row_id)
