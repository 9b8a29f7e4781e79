-- Deletes the clients that the run inserted and that do not stay; nothing is left under them.
-- grain: one row; key: id; inputs: wa2pg_ledger, wa2pg_staying, clients
delete from public.clients t
using wa2pg_ledger w
where w.table_name = 'clients'
  and w.action = 'inserted'
  and w.row_id = t.id
  and t."organizationId" = %(organization)s
  and not exists (select from wa2pg_staying s where s.table_name = 'clients' and s.row_id = t.id)
