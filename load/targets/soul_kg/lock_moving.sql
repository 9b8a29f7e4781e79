-- Holds the rows whose number may change, for which a lock is needed that also keeps new conversations of theirs waiting.
-- grain: one client; key: id; inputs: clients, wa2pg_claims
select c.id
from public.clients c
join wa2pg_claims k on k.client_id = c.id
where k.by_lid and c.phone <> k.phone
order by c.id
for update of c
