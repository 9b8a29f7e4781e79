-- Forgets what was before the changes that are taken back; of the rows that keep them it stays known.
-- grain: one row; key: (import_run_id, table_name, row_id); inputs: wa2pg_kept, import_run_changes
delete from public.import_run_changes h
where h.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_kept k where k.table_name = h.table_name and k.row_id = h.row_id)
