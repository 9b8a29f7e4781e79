-- The last times of some conversations as they are now.
-- grain: one conversation; key: id; inputs: conversations
select id, "clientId", to_jsonb(v) -> 'lastMessageAt'
from public.conversations v
where id = any(%(changed)s)
