-- Every chat of the clean run, as CSV: where those that are loaded live, whether it was refused, and what the database
-- has of it from imports of this account, over all its places.
-- grain: one chat; key: phone; inputs: wa2pg_clients, wa2pg_chats, wa2pg_places, wa2pg_totals
copy (
  select
    h.number,
    s.phone,
    h.conversation_id,
    s.refused is not null as refused,
    coalesce(p.placed, false) as placed,
    coalesce(p.ours_count, 0) as ours_count,
    coalesce(p.ours_mark, 0) as ours_mark
  from wa2pg_clients s
  left join wa2pg_chats h using (phone)
  left join (
    select p.number, true as placed, sum(t.ours_count) as ours_count, sum(t.ours_mark) as ours_mark
    from wa2pg_places p
    left join wa2pg_totals t using (conversation_id)
    group by p.number
  ) p on p.number = h.number
) to stdout (format csv)
