-- Inserts the chosen clients that are not there; all at once, or one phone. A row that somebody else inserts at the
-- same moment wins. The key `wa2pg` of metadata is what later loads need to know; the others are the CRM's own words.
-- grain: one client; key: ("organizationId", phone); inputs: wa2pg_clients
with made as (
  insert into public.clients (
    id, "organizationId", phone, "firstName", "lastName", status, "preferredLanguage", "culturalContext", metadata,
    "createdAt", "updatedAt"
  )
  select
    client_key, %(organization)s, phone, first_name, last_name, status::public."ClientStatus", preferred_language,
    jsonb_strip_nulls(jsonb_build_object(
      'country', country_name, 'countryCode', country, 'language', preferred_language, 'timezone', time_zone
    )),
    jsonb_strip_nulls(jsonb_build_object(
      'importSource', 'wa2pg',
      'importId', %(run)s::text,
      'importDate', to_char(localtimestamp(3), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'statusDetectionMethod', status_source,
      'messageCount', message_count,
      'firstContactDate', to_char(first_message_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'lastContactDate', to_char(last_message_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'nameSource', name_source,
      'wa2pg', jsonb_build_object(
        'run', %(run)s::text,
        'account', %(account)s::text,
        'lastMessageAt', to_char(last_message_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'phone', phone,
        'addresses', to_jsonb(addresses),
        'status', status
      )
    )),
    coalesce(first_message_at, localtimestamp(3)), localtimestamp(3)
  from wa2pg_clients
  where chosen and row_id is null and (%(phone)s::text is null or phone = %(phone)s)
  order by rank
  on conflict do nothing
  returning id
)
update wa2pg_clients s set inserted = true from made where s.client_key = made.id
