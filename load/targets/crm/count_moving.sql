-- How many rows an address claims for a phone that they do not have: only these can get a new number.
-- grain: one row; inputs: clients, wa2pg_claims
select count(*)
from public.clients c
join wa2pg_claims k on k.client_id = c.id
where (k.by_lid or k.by_number) and c.phone <> k.phone
