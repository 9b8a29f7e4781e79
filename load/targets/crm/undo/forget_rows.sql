-- Forgets what the run left in rows that it has no part in any more.
-- grain: one row; key: (import_run_id, table_name, row_id); inputs: wa2pg_kept, wa2pg_staying, import_run_rows
delete from public.import_run_rows i
where i.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_kept k where k.table_name = i.table_name and k.row_id = i.row_id)
  and not exists (select 1 from wa2pg_staying s where s.table_name = i.table_name and s.row_id = i.row_id)
