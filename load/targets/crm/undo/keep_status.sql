-- Clients whose status somebody else has spoken about since: another's row in the history, of a client that the run
-- inserted or gave a status; or the run's own row there is not as it was written.
-- grain: one client; inputs: wa2pg_mine, client_status_history, import_runs
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select distinct
  m.table_name, m.row_id, m.client_id,
  case when h.import_run_id is null or h.import_run_id = %(run)s then 'people' else 'later_import' end,
  case when h.import_run_id is null or h.import_run_id = %(run)s then 'client_status_history'
    else h.import_run_id::text end
from wa2pg_mine m
join public.client_status_history h on h.client_id = m.row_id
cross join (select started_at from public.import_runs where id = %(run)s) r
where m.table_name = 'clients'
  and case
    when h.import_run_id = %(run)s
      then not exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = m.row_id)
        and (h.changed_by, h.new_status, h.reason)
          is distinct from ('IMPORT', m.now ->> 'status', m.now ->> 'status_reason')
    else m.inserted or (m.before ? 'status' and h.created_at > r.started_at)
  end
