-- How many of these client_status_history are there.
-- grain: one row; inputs: client_status_history
select count(*) from public.client_status_history where id = any(%(ids)s)
