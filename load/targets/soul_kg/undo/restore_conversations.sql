-- Sets the last time of conversations back, or to that of the last message that remains.
-- grain: one conversation; key: id; inputs: wa2pg_restored, wa2pg_ledger, wa2pg_kept, conversations, messages
update public.conversations v
set "lastMessageAt" = n.last, "updatedAt" = localtimestamp(3)
from (
  select r.row_id as id, (r.columns ->> 'lastMessageAt')::timestamp(3) as last
  from wa2pg_restored r
  where r.table_name = 'conversations'
  union all
  select s.row_id, max(m."createdAt") filter (where m."createdAt" > 'epoch')
  from wa2pg_staying s
  left join public.messages m on m."conversationId" = s.row_id
  where s.table_name = 'conversations'
    and not exists (select from wa2pg_kept k where k.table_name = 'conversations' and k.row_id = s.row_id
                    and k.reason in ('people', 'later_import'))
  group by s.row_id
) n
where n.id = v.id and v."lastMessageAt" is distinct from n.last
