-- One row for each new client (null to its status) and for each status that is about to change.
-- grain: one change of status; key: id; inputs: clients, wa2pg_clients, wa2pg_chats, wa2pg_next_clients
insert into public.client_status_history (
  organization_id, client_id, old_status, new_status, changed_by, reason, import_run_id
)
select %(organization)s, c.id, null, c.status, 'IMPORT', c.status_reason, %(run)s
from public.clients c
where c.id in (select client_id from wa2pg_chats where new_client)
union all
select %(organization)s, c.id, c.status, n.status, 'IMPORT', n.status_reason, %(run)s
from wa2pg_next_clients n
join public.clients c using (id)
where n.status is distinct from c.status
