-- Deletes what the run wrote about statuses, but for clients who keep theirs.
-- grain: one change of status; key: id; inputs: wa2pg_kept, wa2pg_staying, client_status_history
delete from public.client_status_history h
where h.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = h.client_id)
  and not exists (select 1 from wa2pg_staying s where s.table_name = 'clients' and s.row_id = h.client_id)
