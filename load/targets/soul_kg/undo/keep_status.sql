-- Clients whose status somebody else has spoken about since: a row of the history that the run did not write, of a
-- client that it inserted, or (later than the run) of one that it gave a status.
-- grain: one client; inputs: wa2pg_ledger, wa2pg_later, client_status_history
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select distinct
  'clients', h."clientId", h."clientId",
  case when l.run is null then 'people' else 'later_import' end,
  coalesce(l.run, 'client_status_history')
from public.client_status_history h
left join wa2pg_later l on l.table_name = 'client_status_history' and l.row_id = h.id
where h."organizationId" = %(organization)s
  and not exists (
    select from wa2pg_ledger w where w.table_name = 'client_status_history' and w.row_id = h.id
  )
  and (
    h."clientId" in (select row_id from wa2pg_ledger where table_name = 'clients' and action = 'inserted')
    or (h."clientId" = any(%(given)s) and h."createdAt" > %(started_at)s)
  )
