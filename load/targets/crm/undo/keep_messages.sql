-- Messages that the run inserted or changed and that are not as an import left them: their content does not have the
-- hash that stands beside it (transform/sql/070_messages.sql makes it: each field's length in bytes and itself), a
-- column that is not ours holds something, or a later import changed them. The hash tells neither `language` nor a move
-- to another conversation.
-- grain: one message and reason; inputs: messages, import_run_changes, import_runs, conversations
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
with later as (
  select h.row_id, h.import_run_id
  from public.import_run_changes h
  join public.import_runs r on r.id = h.import_run_id
  where h.table_name = 'messages'
    and h.import_run_id <> %(run)s
    and r.finished_at > (select finished_at from public.import_runs where id = %(run)s)
),
mine as not materialized (
  select m.*
  from public.messages m
  where m.organization_id = %(organization)s and m.import_run_id = %(run)s
  union all
  select m.*
  from public.messages m
  join public.import_run_changes h on h.row_id = m.id and h.table_name = 'messages' and h.import_run_id = %(run)s
),
found as (
  select m.id, m.conversation_id, 'later_import' as reason, l.import_run_id::text as by
  from mine m
  join later l on l.row_id = m.id
  union all
  select m.id, m.conversation_id, 'changed', null
  from mine m
  where not exists (select 1 from later l where l.row_id = m.id)
    and (
      encode(sha256(convert_to(concat(
        octet_length(m.type), ':', m.type,
        (select string_agg(coalesce(octet_length(field) || ':' || field, '-'), '' order by position)
         from unnest(array[
           floor(extract(epoch from m.sent_at) * 1000)::bigint::text,
           floor(extract(epoch from m.edited_at) * 1000)::bigint::text,
           floor(extract(epoch from m.deleted_at) * 1000)::bigint::text,
           m.delivery,
           m.reply_to,
           m.forwarded::text,
           case when m.reactions = '[]' then '[]' else (
             select '[' || string_agg(
               '{' || concat_ws(',',
                 '"emoji":' || (part -> 'emoji')::text,
                 '"from_me":' || (part -> 'from_me')::text,
                 '"sent_at":' || (part -> 'sent_at')::text
               ) || '}',
               ',' order by number
             ) || ']'
             from jsonb_array_elements(m.reactions) with ordinality each (part, number)
           ) end,
           m.media_mime,
           m.media_name,
           m.media_bytes::text,
           m.body
         ]) with ordinality field (field, position))
      ), 'UTF8')), 'hex') is distinct from m.content_hash
      or exists (
        select 1
        from jsonb_each_text(coalesce(%(added)s::jsonb -> 'messages', '{}')) a
        where to_jsonb(m) ->> a.key is distinct from a.value
      )
    )
)
select 'messages', f.id, v.client_id, f.reason, f.by
from found f
join public.conversations v on v.id = f.conversation_id
