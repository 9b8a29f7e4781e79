-- How many of these conversations are there.
-- grain: one row; inputs: conversations
select count(*) from public.conversations where id = any(%(ids)s)
