-- The clients whom the run inserted, changed or wrote messages of, as they are now.
-- grain: one client; key: id; inputs: wa2pg_clients, wa2pg_chats, wa2pg_touched, clients
with chats as (
  select
    h.client_id,
    bool_or(h.new_client) as new,
    min(s.rank) as rank,
    coalesce(sum(t.inserted), 0)::bigint as inserted,
    coalesce(sum(t.updated), 0)::bigint as updated
  from wa2pg_chats h
  join wa2pg_clients s using (phone)
  left join (
    select number, sum(inserted) as inserted, sum(updated) as updated from wa2pg_touched group by number
  ) t using (number)
  group by h.client_id
)
select
  c.id,
  coalesce(h.new, false) as new,
  coalesce(h.inserted, 0) as messages_new,
  coalesce(h.updated, 0) as messages_changed,
  to_jsonb(c) as columns
from public.clients c
left join chats h on h.client_id = c.id
where h.new or h.inserted > 0 or h.updated > 0 or c.id = any(%(changed)s)
order by h.rank nulls last, c.id
