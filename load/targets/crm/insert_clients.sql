-- Inserts the chosen clients that are not there; all at once, or one phone.
-- A row that somebody else inserts at the same moment wins.
-- grain: one client; key: (organization_id, phone); inputs: wa2pg_clients
insert into public.clients (
  id, organization_id, phone, name, first_name, last_name, name_source, preferred_language, language_confidence,
  languages, status, status_confidence, status_source, status_reason, country, time_zone, first_message_at,
  last_message_at, incoming_count, outgoing_count, ad_title, addresses, import_run_id
)
select
  client_key, %(organization)s, phone, name, first_name, last_name, name_source, preferred_language,
  language_confidence, languages, status, status_confidence, status_source, status_reason, country, time_zone,
  first_message_at, last_message_at, incoming_count, outgoing_count, ad_title, addresses, %(run)s
from wa2pg_clients
where chosen and row_id is null and (%(phone)s::text is null or phone = %(phone)s)
order by rank
on conflict do nothing
