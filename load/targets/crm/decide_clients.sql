-- What the touched clients are to become; only those that change.
-- Counts and times always follow the messages in the database, and the addresses of a row that an import inserted the
-- archive, unless its LIDs are another person's. Name, language and status change only with `overwrite`, and only when
-- no other account of the organisation has the word (count_messages.sql). Nothing empty replaces something filled: a
-- name with a part missing does not replace one that has it, and the shares of a client whose language is unsure do not
-- replace those of one whose is known. A status is left alone unless the last word about it was an import's;
-- `overwrite_status` takes it all the same.
-- grain: one client; key: id
-- inputs: wa2pg_chats, wa2pg_clients, wa2pg_claims, wa2pg_totals, clients, client_status_history
create temporary table wa2pg_next_clients on commit drop as
with totals as (
  select
    client_id,
    sum(incoming_count)::integer as incoming_count,
    sum(outgoing_count)::integer as outgoing_count,
    min(first_message_at) as first_message_at,
    max(last_message_at) as last_message_at,
    max(before_us) as before_us,
    max(after_us) as after_us
  from wa2pg_totals
  group by client_id
),
told as (
  select distinct on (h.client_id) h.client_id, s.*
  from wa2pg_chats h
  join wa2pg_clients s using (phone)
  join public.clients c on c.id = h.client_id
  order by h.client_id, (c.phone = s.phone) desc, s.phone collate "C"
),
allowed as (
  select
    s.client_id,
    may.change
      and s.name is not null
      and (s.first_name is not null or c.first_name is null)
      and (s.last_name is not null or c.last_name is null) as name,
    may.change and s.preferred_language is not null as language,
    may.change
      and s.languages <> '{}'
      and (s.preferred_language is not null or c.preferred_language is null) as languages,
    may.change and (
      %(overwrite_status)s
      or coalesce((
        select h.changed_by = 'IMPORT' and h.new_status = c.status
        from public.client_status_history h
        where h.client_id = c.id
        order by h.created_at desc, h.id
        limit 1
      ), false)
    ) as status,
    may.change as gaps,
    (may.change or c.import_run_id is not null)
      and not exists (
        select 1 from wa2pg_claims k where k.phone = s.phone and k.client_id = c.id and k.contradicted
      ) as addresses
  from told s
  join public.clients c on c.id = s.client_id
  join totals t on t.client_id = s.client_id
  cross join lateral (
    select
      %(overwrite)s
      and c.import_run_id is distinct from %(run)s
      and (t.before_us is null or s.last_message_at > t.before_us)
      and (t.after_us is null or s.last_message_at >= t.after_us) as change
  ) may
),
next as (
  select
    c.id,
    case when a.name then s.name else c.name end as name,
    case when a.name then s.first_name else c.first_name end as first_name,
    case when a.name then s.last_name else c.last_name end as last_name,
    case when a.name then s.name_source else c.name_source end as name_source,
    case when a.language then s.preferred_language else c.preferred_language end as preferred_language,
    case when a.language then s.language_confidence else c.language_confidence end as language_confidence,
    case when a.languages then s.languages else c.languages end as languages,
    case when a.status then s.status else c.status end as status,
    case when a.status then s.status_confidence else c.status_confidence end as status_confidence,
    case when a.status then s.status_source else c.status_source end as status_source,
    case when a.status then s.status_reason else c.status_reason end as status_reason,
    case when a.gaps then coalesce(c.country, s.country) else c.country end as country,
    case when a.gaps then coalesce(c.time_zone, s.time_zone) else c.time_zone end as time_zone,
    case when a.gaps then coalesce(c.ad_title, s.ad_title) else c.ad_title end as ad_title,
    case when a.addresses and not c.addresses @> s.addresses
      then (select array_agg(distinct part collate "C" order by part collate "C")
            from unnest(c.addresses || s.addresses) part)
      else c.addresses end as addresses,
    t.first_message_at,
    t.last_message_at,
    t.incoming_count,
    t.outgoing_count
  from told s
  join allowed a using (client_id)
  join totals t using (client_id)
  join public.clients c on c.id = s.client_id
)
select n.*
from next n
join public.clients c using (id)
where (n.name, n.first_name, n.last_name, n.name_source, n.preferred_language, n.language_confidence,
       n.languages, n.status, n.status_confidence, n.status_source, n.status_reason, n.country, n.time_zone, n.ad_title,
       n.addresses, n.first_message_at, n.last_message_at, n.incoming_count, n.outgoing_count)
  is distinct from
      (c.name, c.first_name, c.last_name, c.name_source, c.preferred_language, c.language_confidence,
       c.languages, c.status, c.status_confidence, c.status_source, c.status_reason, c.country, c.time_zone, c.ad_title,
       c.addresses, c.first_message_at, c.last_message_at, c.incoming_count, c.outgoing_count)
