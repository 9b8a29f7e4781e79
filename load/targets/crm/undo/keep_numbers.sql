-- Clients whose earlier number cannot be given back, because another client has it who keeps it; each round may block
-- more of them.
-- grain: one client; inputs: wa2pg_mine, wa2pg_kept, wa2pg_staying, clients
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select m.table_name, m.row_id, m.client_id, 'number_taken', o.id::text
from wa2pg_mine m
join public.clients o
  on o.organization_id = %(organization)s and o.phone = m.before ->> 'phone' and o.id <> m.row_id
where m.table_name = 'clients'
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = m.row_id)
  and case
    when o.import_run_id = %(run)s then o.id in (select client_id from wa2pg_staying)
    else o.id in (select row_id from wa2pg_kept where table_name = 'clients')
      or not exists (
        select 1 from wa2pg_mine x
        where x.table_name = 'clients' and x.row_id = o.id and not x.inserted and x.before ? 'phone'
      )
  end
