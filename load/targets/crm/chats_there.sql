-- What the database has of each chosen chat from imports of this account, over all its places.
-- grain: one chat; key: number; inputs: wa2pg_chats, wa2pg_places, wa2pg_totals
select
  h.number,
  count(p.conversation_id) > 0 as placed,
  coalesce(sum(t.ours_count), 0)::bigint as ours_count,
  coalesce(sum(t.ours_mark), 0)::text as ours_mark
from wa2pg_chats h
left join wa2pg_places p on p.number = h.number
left join wa2pg_totals t on t.conversation_id = p.conversation_id
group by h.number
order by h.number
