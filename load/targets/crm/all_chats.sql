-- Every chat of the clean run: the number and conversation of those that are loaded, and whether it was refused.
-- grain: one chat; key: phone; inputs: wa2pg_clients, wa2pg_chats
select h.number, s.phone, h.conversation_id, s.refused is not null as refused
from wa2pg_clients s
left join wa2pg_chats h using (phone)
order by s.phone collate "C"
