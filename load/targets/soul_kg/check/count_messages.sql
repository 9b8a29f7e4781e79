-- How many of these messages are there.
-- grain: one row; inputs: messages
select count(*) from public.messages where id = any(%(ids)s)
