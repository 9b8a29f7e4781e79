-- Leaves to the next run the clients that turned out to change only after the others were held.
-- grain: one client; key: id; inputs: wa2pg_next_clients, wa2pg_first_clients
delete from wa2pg_next_clients where id not in (select id from wa2pg_first_clients)
