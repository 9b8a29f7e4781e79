-- Takes back the moves to a number that another client has, who keeps it; each round may block more of them.
-- grain: one client; key: client_id; inputs: wa2pg_moves, clients
delete from wa2pg_moves m
using public.clients c
where c.organization_id = %(organization)s
  and c.phone = m.phone
  and c.id <> m.client_id
  and c.id not in (select client_id from wa2pg_moves)
