-- Conversations whose last time is before that of their last message.
-- grain: one row; inputs: conversations, messages
select count(*), (array_agg(id order by id))[1:10]
from (
  select v.id
  from public.conversations v
  join public.messages m on m."conversationId" = v.id
  where v."organizationId" = %(organization)s and m."createdAt" > 'epoch'
  group by v.id
  having max(m."createdAt") > coalesce(v."lastMessageAt", '-infinity')
) v
