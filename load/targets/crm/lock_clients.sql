-- Holds the clients of this run until it ends, in one order for all, so that no change by a person falls between
-- what decide_clients.sql reads and what update_clients.sql writes.
-- grain: one client; key: id; inputs: clients, wa2pg_chats
select c.id
from public.clients c
where c.id in (select client_id from wa2pg_chats)
order by c.id
for update
