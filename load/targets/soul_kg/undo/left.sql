-- The rows that the run inserted or changed and that stay as they are.
-- grain: one row; key: table_name, row_id; inputs: wa2pg_kept, wa2pg_staying
select table_name, row_id from wa2pg_kept
union
select table_name, row_id from wa2pg_staying
order by 1, 2
