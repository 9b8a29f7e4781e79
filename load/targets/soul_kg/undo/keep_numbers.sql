-- Clients whose earlier number cannot be given back, because another client has it who keeps it; each round may block
-- more of them.
-- grain: one client; inputs: wa2pg_restored, wa2pg_ledger, wa2pg_kept, wa2pg_staying, clients
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select r.table_name, r.row_id, r.row_id, 'number_taken', o.id
from wa2pg_restored r
join public.clients o
  on o."organizationId" = %(organization)s and o.phone = r.columns ->> 'phone' and o.id <> r.row_id
where r.table_name = 'clients'
  and not exists (select from wa2pg_kept k where k.table_name = 'clients' and k.row_id = r.row_id)
  and case
    when exists (
      select from wa2pg_ledger k where k.table_name = 'clients' and k.action = 'inserted' and k.row_id = o.id
    )
      then o.id in (select client_id from wa2pg_staying)
    else o.id in (select row_id from wa2pg_kept where table_name = 'clients')
      or not exists (
        select from wa2pg_restored x where x.table_name = 'clients' and x.row_id = o.id and x.columns ? 'phone'
      )
  end
