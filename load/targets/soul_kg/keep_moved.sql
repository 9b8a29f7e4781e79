-- What the clients that get a new number are before it, for the run's ledger.
-- grain: one client; key: id; inputs: clients, wa2pg_moves
select c.id, jsonb_build_object('phone', c.phone, 'metadata', c.metadata, 'updatedAt', c."updatedAt")
from public.clients c
join wa2pg_moves m on m.client_id = c.id
order by c.id
