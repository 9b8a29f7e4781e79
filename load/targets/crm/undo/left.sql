-- How many rows of each table that the run inserted or changed stay as they are.
-- grain: one table; key: table_name; inputs: wa2pg_kept, wa2pg_staying
select table_name, count(*)
from (
  select table_name, row_id from wa2pg_kept
  union
  select table_name, row_id from wa2pg_staying
) rows
group by table_name
