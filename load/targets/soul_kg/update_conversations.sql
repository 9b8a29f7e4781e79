-- Moves the last time of conversations forward, never back.
-- grain: one conversation; key: id; inputs: conversations, wa2pg_chats, wa2pg_touched
update public.conversations v
set "lastMessageAt" = t.last_message_at, "updatedAt" = localtimestamp(3)
from wa2pg_chats h
join (select number, max(last_message_at) as last_message_at from wa2pg_touched group by number) t using (number)
where h.conversation_id = v.id and t.last_message_at > coalesce(v."lastMessageAt", '-infinity')
