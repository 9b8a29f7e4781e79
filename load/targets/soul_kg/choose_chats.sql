-- Chooses the chats of this run: in order of rank, without those that the database refused; with `only_new` without
-- those that were there before; at most `limit` of them.
-- grain: one client; key: phone; inputs: wa2pg_clients
update wa2pg_clients s
set chosen = s.phone in (
  select phone
  from wa2pg_clients
  where refused is null and not (%(only_new)s and row_id is not null)
  order by rank
  limit %(limit)s
)
