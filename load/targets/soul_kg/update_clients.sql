-- Writes what decide_clients.sql decided.
-- grain: one client; key: id; inputs: wa2pg_next_clients
update public.clients c
set "firstName" = n."firstName",
    "lastName" = n."lastName",
    status = n.status,
    "preferredLanguage" = n."preferredLanguage",
    "culturalContext" = n."culturalContext",
    metadata = n.metadata,
    "updatedAt" = localtimestamp(3)
from wa2pg_next_clients n
where c.id = n.id
