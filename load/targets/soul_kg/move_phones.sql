-- Gives clients their new numbers, and notes them.
-- grain: one client; key: id; inputs: wa2pg_moves
update public.clients c
set phone = m.phone,
    metadata = jsonb_set(c.metadata, '{wa2pg,phone}', to_jsonb(m.phone)),
    "updatedAt" = localtimestamp(3)
from wa2pg_moves m
where c.id = m.client_id
