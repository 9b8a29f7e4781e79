-- Takes back the moves to a number that another client has, who keeps it; each round may block more of them.
-- grain: one client; key: client_id; inputs: wa2pg_moves, wa2pg_rows
delete from wa2pg_moves m
using wa2pg_rows r
where r.phone = m.phone and r.id <> m.client_id and r.id not in (select client_id from wa2pg_moves)
