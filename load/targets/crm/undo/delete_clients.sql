-- Deletes the clients that the run inserted and that do not stay; nothing is left under them.
-- grain: one client; key: id; inputs: wa2pg_staying, clients
delete from public.clients t
where t.organization_id = %(organization)s
  and t.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_staying s where s.table_name = 'clients' and s.row_id = t.id)
