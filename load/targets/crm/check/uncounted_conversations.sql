-- Conversations whose count or first or last time is not that of their messages (of those with a known time).
-- grain: one row; inputs: conversations, messages
select count(*), (array_agg(id::text order by id))[1:10]
from (
  select v.id
  from public.conversations v
  left join public.messages m on m.conversation_id = v.id
  where v.organization_id = %(organization)s
  group by v.id
  having (v.message_count, v.first_message_at, v.last_message_at) is distinct from (
    count(m.id)::integer,
    min(m.sent_at) filter (where m.sent_at > 'epoch'),
    max(m.sent_at) filter (where m.sent_at > 'epoch')
  )
) v
