-- Holds the rows that this run may change, in one order for all, before it waits for nobody any more.
-- grain: one client; key: id; inputs: clients, wa2pg_claims
select c.id
from public.clients c
where c.id in (select client_id from wa2pg_claims)
order by c.id
for no key update
