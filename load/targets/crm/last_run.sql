-- The account's last load that wrote something and stands, and what is kept of it.
-- grain: one run; inputs: import_runs
select id, counts
from public.import_runs
where organization_id = %(organization)s and account = %(account)s and undone_at is null
order by started_at desc, id
limit 1
