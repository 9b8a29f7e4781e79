-- How many of these clients are there.
-- grain: one row; inputs: clients
select count(*) from public.clients where id = any(%(ids)s)
