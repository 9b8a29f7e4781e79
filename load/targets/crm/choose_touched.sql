-- The conversations whose messages are counted once more: those of the chats that got messages or changes.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_chats, wa2pg_places
insert into wa2pg_to_count
select conversation_id from wa2pg_chats where number = any(%(numbers)s)
union
select conversation_id from wa2pg_places where number = any(%(numbers)s)
