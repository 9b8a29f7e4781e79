-- Deletes what the run wrote about statuses, but for clients who keep theirs.
-- grain: one change of status; key: id; inputs: wa2pg_ledger, wa2pg_kept, wa2pg_staying, client_status_history
delete from public.client_status_history h
using wa2pg_ledger w
where w.table_name = 'client_status_history'
  and w.action = 'inserted'
  and w.row_id = h.id
  and h."organizationId" = %(organization)s
  and not exists (select from wa2pg_kept k where k.table_name = 'clients' and k.row_id = h."clientId")
  and not exists (select from wa2pg_staying s where s.table_name = 'clients' and s.row_id = h."clientId")
