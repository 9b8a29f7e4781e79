-- Messages of a load that is not in the list of loads.
-- grain: one row; inputs: messages, import_runs
select count(*), (array_agg(m.id::text order by m.id))[1:10]
from public.messages m
left join public.import_runs r on r.id = m.import_run_id
where m.organization_id = %(organization)s and m.import_run_id is not null and r.id is null
