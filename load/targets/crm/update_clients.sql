-- Writes what decide_clients.sql decided.
-- grain: one client; key: id; inputs: wa2pg_next_clients
update public.clients c
set name = n.name,
    first_name = n.first_name,
    last_name = n.last_name,
    name_source = n.name_source,
    preferred_language = n.preferred_language,
    language_confidence = n.language_confidence,
    languages = n.languages,
    status = n.status,
    status_confidence = n.status_confidence,
    status_source = n.status_source,
    status_reason = n.status_reason,
    country = n.country,
    time_zone = n.time_zone,
    ad_title = n.ad_title,
    addresses = n.addresses,
    first_message_at = n.first_message_at,
    last_message_at = n.last_message_at,
    incoming_count = n.incoming_count,
    outgoing_count = n.outgoing_count,
    updated_at = now()
from wa2pg_next_clients n
where c.id = n.id
