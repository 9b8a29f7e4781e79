-- One row for each new client (null to its status) and for each status that is about to change.
-- grain: one change of status; key: id; inputs: clients, wa2pg_clients, wa2pg_next_clients
insert into public.client_status_history (
  id, "clientId", "organizationId", "oldStatus", "newStatus", "changedBy", reason, "createdAt"
)
select
  gen_random_uuid()::text, client_id, %(organization)s, old_status, new_status, 'SYSTEM', reason,
  timezone('UTC', clock_timestamp())
from (
  select
    client_key as client_id, null::public."ClientStatus" as old_status, status::public."ClientStatus" as new_status,
    status_reason as reason
  from wa2pg_clients
  where inserted
  union all
  select n.id, c.status, n.status, n.status_reason
  from wa2pg_next_clients n
  join public.clients c using (id)
  where n.status <> c.status
) given
returning id
