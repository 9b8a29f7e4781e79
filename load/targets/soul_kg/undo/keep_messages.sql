-- Messages that the run inserted or changed and that are not as it left them: a later run changed them, their text,
-- language or status is another, or something stands in a column that no load fills.
-- grain: one message and reason; inputs: wa2pg_ledger, wa2pg_later, messages, conversations
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select
  'messages', m.id, v."clientId",
  case when l.run is null then 'changed' else 'later_import' end,
  l.run
from wa2pg_ledger w
join public.messages m on m.id = w.row_id and m."organizationId" = %(organization)s
join public.conversations v on v.id = m."conversationId"
left join wa2pg_later l on l.table_name = 'messages' and l.row_id = m.id
where w.table_name = 'messages'
  and (
    l.run is not null
    or substr(md5(m.content || chr(31) || coalesce(m.language, '') || chr(31) || m.status::text), 1, 16)
      is distinct from w.after
    or (
      w.action = 'inserted'
      and exists (select from unnest(%(others)s::text[]) other where to_jsonb(m) ->> other is not null)
    )
  )
