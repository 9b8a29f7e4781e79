-- Gives clients their new numbers and addresses; all at once, or one.
-- grain: one client; key: id; inputs: wa2pg_moves
update public.clients c
set phone = m.phone,
    addresses = (
      select array_agg(distinct part collate "C" order by part collate "C")
      from unnest(c.addresses || m.addresses) part
    ),
    updated_at = now()
from wa2pg_moves m
where c.id = m.client_id and (%(client)s::uuid is null or c.id = %(client)s)
