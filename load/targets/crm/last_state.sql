-- The state in which the account's last load left the organisation, and the figures of that load.
-- grain: one run; inputs: import_runs
select id, counts
from public.import_runs
where organization_id = %(organization)s and account = %(account)s
order by started_at desc, id
limit 1
