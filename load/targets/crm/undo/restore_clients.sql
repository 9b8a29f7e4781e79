-- Gives clients that the run changed what they were before; counts and times come after (recount_clients.sql).
-- grain: one client; key: id; inputs: wa2pg_mine, wa2pg_kept, clients
update public.clients c
set (phone, name, first_name, last_name, name_source, preferred_language, language_confidence, languages, status,
     status_confidence, status_source, status_reason, country, time_zone, ad_title, addresses, updated_at) = (
  select b.phone, b.name, b.first_name, b.last_name, b.name_source, b.preferred_language, b.language_confidence,
    b.languages, b.status, b.status_confidence, b.status_source, b.status_reason, b.country, b.time_zone, b.ad_title,
    b.addresses, now()
  from jsonb_populate_record(c, m.before) b
)
from wa2pg_mine m
where m.table_name = 'clients'
  and m.row_id = c.id
  and m.mine <> '{}'
  and not m.inserted
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = c.id)
