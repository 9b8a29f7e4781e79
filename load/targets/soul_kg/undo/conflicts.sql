-- What stands in the way, by client, table and reason.
-- grain: one client, table, reason and cause; inputs: wa2pg_kept
select client_id, table_name, reason, by, count(*) as rows, min(row_id) as example
from wa2pg_kept
group by client_id, table_name, reason, by
order by client_id, table_name, reason, by
