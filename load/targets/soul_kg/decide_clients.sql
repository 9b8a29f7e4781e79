-- What the clients that were there are to become; only those that change.
-- Figures in metadata follow the messages where this run wrote some. The addresses of a row that a load inserted follow
-- the archive. Name, language, status and gaps in culturalContext change only with `overwrite`, and only when no other
-- account of the organisation has the word. Nothing empty replaces something filled. A status is left alone unless the
-- last word about it was a load's: the newest row of its history is by SYSTEM and gives the status the client has, which
-- is the one that a load noted, if any did; `overwrite_status` takes it all the same.
-- JSON is added to: keys that are not named here stay, values of another shape than an object are left alone, and who
-- imported a client first stays named.
-- grain: one client; key: id
-- inputs: wa2pg_chats, wa2pg_clients, wa2pg_touched, clients, conversations, messages, client_status_history
create temporary table wa2pg_next_clients on commit drop as
with totals as (
  select
    v."clientId" as client_id,
    count(*)::integer as message_count,
    min(m."createdAt") filter (where m."createdAt" > 'epoch') as first_at,
    max(m."createdAt") filter (where m."createdAt" > 'epoch') as last_at
  from public.conversations v
  join public.messages m on m."conversationId" = v.id
  where v."clientId" in (
    select client_id from wa2pg_chats where not new_client and number in (select number from wa2pg_touched)
  )
  group by v."clientId"
),
last_words as (
  select
    "clientId" as client_id,
    case when bool_and("changedBy" = 'SYSTEM') and min("newStatus") = max("newStatus") then min("newStatus") end as given
  from (
    select *, max("createdAt") over (partition by "clientId") as newest
    from public.client_status_history
    where "organizationId" = %(organization)s
  ) h
  where "createdAt" = newest
  group by "clientId"
),
known as (
  select
    c.*,
    s.phone as told_phone,
    case
      when jsonb_typeof(c.metadata) = 'object' then c.metadata
      when coalesce(jsonb_typeof(c.metadata), 'null') = 'null' then '{}'
    end as facts,
    case
      when jsonb_typeof(c."culturalContext") = 'object' then c."culturalContext"
      when coalesce(jsonb_typeof(c."culturalContext"), 'null') = 'null' then '{}'
    end as culture,
    case when jsonb_typeof(c.metadata -> 'wa2pg') = 'object' then c.metadata -> 'wa2pg' else '{}' end as noted,
    to_char(s.last_message_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as told_at,
    h.number in (select number from wa2pg_touched) as touched
  from wa2pg_chats h
  join wa2pg_clients s using (phone)
  join public.clients c on c.id = h.client_id
  where not h.new_client
),
worded as (
  select
    k.*,
    coalesce(noted ->> 'account', %(account)s) = %(account)s
      or coalesce(
        (told_at collate "C", (noted ->> 'account') collate "C")
          > (coalesce(noted ->> 'lastMessageAt', ''), %(account)s),
        false
      ) as has_word
  from known k
),
allowed as (
  select
    k.*,
    s.first_name,
    s.last_name,
    s.name_source,
    s.preferred_language as told_language,
    s.status::public."ClientStatus" as told_status,
    s.status_source,
    s.status_reason,
    change
      and (s.first_name is not null or s.last_name is not null)
      and (s.first_name is not null or k."firstName" is null)
      and (s.last_name is not null or k."lastName" is null)
      and (s.first_name, s.last_name) is distinct from (k."firstName", k."lastName") as new_name,
    change and s.preferred_language is distinct from k."preferredLanguage" and s.preferred_language is not null
      as new_language,
    change
      and s.status <> k.status::text
      and (
        %(overwrite_status)s
        or (coalesce(w.given = k.status, false) and coalesce(k.noted ->> 'status', k.status::text) = k.status::text)
      ) as new_status,
    case
      when change and culture is not null
        then jsonb_strip_nulls(jsonb_build_object(
          'country', s.country_name, 'countryCode', s.country, 'timezone', s.time_zone
        )) || culture
      else culture
    end as fuller_culture,
    case
      when jsonb_typeof(noted -> 'addresses') = 'array' and not noted -> 'addresses' @> to_jsonb(s.addresses)
        then (
          select jsonb_agg(distinct part.address order by part.address)
          from (
            select jsonb_array_elements(noted -> 'addresses') as address
            union all
            select to_jsonb(unnest(s.addresses))
          ) part
        )
    end as new_addresses
  from worded k
  join wa2pg_clients s on s.phone = k.told_phone
  left join last_words w on w.client_id = k.id
  cross join lateral (select %(overwrite)s and k.has_word as change) may
)
select
  a.id,
  case when new_name then first_name else "firstName" end as "firstName",
  case when new_name then last_name else "lastName" end as "lastName",
  case when new_status then told_status else status end as status,
  case when new_language then told_language else "preferredLanguage" end as "preferredLanguage",
  case
    when culture is null then "culturalContext"
    when new_language then fuller_culture || jsonb_build_object('language', told_language)
    when fuller_culture = culture then "culturalContext"
    else fuller_culture
  end as "culturalContext",
  case
    when facts is null then metadata
    else
      jsonb_build_object(
        'importSource', 'wa2pg',
        'importId', %(run)s::text,
        'importDate', to_char(localtimestamp(3), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      )
      || facts
      || jsonb_strip_nulls(jsonb_build_object(
        'messageCount', t.message_count,
        'firstContactDate', to_char(t.first_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'lastContactDate', to_char(t.last_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'nameSource', case when new_name then name_source end,
        'statusDetectionMethod', case when new_status then status_source end
      ))
      || jsonb_build_object('wa2pg', noted || jsonb_strip_nulls(jsonb_build_object(
        'run', %(run)s::text,
        'account', case when has_word then %(account)s::text end,
        'lastMessageAt', case when has_word then told_at end,
        'status', case when new_status then told_status end,
        'addresses', new_addresses
      )))
  end as metadata,
  case when new_status then status_reason end as status_reason
from allowed a
left join totals t on t.client_id = a.id
where touched or new_name or new_language or new_status or fuller_culture is distinct from culture
  or new_addresses is not null
