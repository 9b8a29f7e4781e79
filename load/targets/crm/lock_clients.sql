-- Holds the clients that are about to change and were there before this run, in one order for all, so that no change by
-- a person falls between what decide_clients.sql reads, which is then done once more, and what update_clients.sql
-- writes. Those that nothing changes for are nobody's concern: the CRM goes on with them.
-- grain: one chat; key: number; inputs: clients, wa2pg_chats, wa2pg_next_clients
select h.number
from public.clients c
join wa2pg_chats h on h.client_id = c.id
where c.id in (select id from wa2pg_next_clients) and c.import_run_id is distinct from %(run)s
order by c.id
for update of c
