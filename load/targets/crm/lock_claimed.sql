-- Holds the rows whose number may change, in one order for all, so that no change by a person falls between what
-- plan_moves.sql reads and what move_phones.sql writes.
-- grain: one client; key: id; inputs: clients, wa2pg_claims
select c.id
from public.clients c
join wa2pg_claims k on k.client_id = c.id
where (k.by_lid or k.by_number) and c.phone <> k.phone
order by c.id
for update of c
