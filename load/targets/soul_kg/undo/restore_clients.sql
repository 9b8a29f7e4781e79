-- Gives clients what they were before.
-- grain: one client; key: id; inputs: wa2pg_restored, wa2pg_kept, clients
update public.clients c
set phone = b.phone,
    "firstName" = b."firstName",
    "lastName" = b."lastName",
    status = b.status,
    "preferredLanguage" = b."preferredLanguage",
    "culturalContext" = nullif(b."culturalContext", 'null'),
    metadata = nullif(b.metadata, 'null'),
    "updatedAt" = localtimestamp(3)
from wa2pg_restored r
join public.clients old on old.id = r.row_id
cross join lateral jsonb_populate_record(old, r.columns) b
where r.table_name = 'clients'
  and r.row_id = c.id
  and not exists (select from wa2pg_kept k where k.table_name = 'clients' and k.row_id = c.id)
