-- Clients whose phone another client has too, written the same or with other signs between the digits.
-- grain: one row; inputs: clients
select count(*), (array_agg(id order by id))[1:10]
from (
  select id, count(*) over (partition by regexp_replace(phone, '\D', '', 'g')) as clients
  from public.clients
  where "organizationId" = %(organization)s
) c
where clients > 1
