-- Clients who share a LID with another client: one person in several rows.
-- grain: one row; inputs: clients
select count(*), (array_agg(id::text order by id))[1:10]
from (
  select distinct c.id
  from public.clients c
  cross join unnest(c.addresses) part (address)
  where c.organization_id = %(organization)s
    and part.address like '%%@lid'
    and part.address in (
      select x.address
      from public.clients o
      cross join unnest(o.addresses) x (address)
      where o.organization_id = %(organization)s and x.address like '%%@lid'
      group by x.address
      having count(distinct o.id) > 1
    )
) c
