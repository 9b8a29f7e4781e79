-- Conversations whose last message is later now, and what they were, for the run's ledger.
-- grain: one conversation; key: id; inputs: conversations, wa2pg_chats, wa2pg_touched
select v.id, jsonb_build_object('lastMessageAt', v."lastMessageAt", 'updatedAt', v."updatedAt")
from public.conversations v
join wa2pg_chats h on h.conversation_id = v.id
join (select number, max(last_message_at) as last_message_at from wa2pg_touched group by number) t using (number)
where t.last_message_at > coalesce(v."lastMessageAt", '-infinity')
order by v.id
