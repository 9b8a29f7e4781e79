-- Frees the numbers that pass from one client to another within this run; nobody sees the numbers between.
-- grain: one client; key: id; inputs: wa2pg_moves
update public.clients c
set phone = '+' || lpad(m.number::text, 20, '0')
from wa2pg_moves m
where c.id = m.client_id and m.old_phone in (select phone from wa2pg_moves)
