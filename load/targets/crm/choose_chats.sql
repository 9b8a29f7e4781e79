-- Chooses the chats of this run, which are all of them at first: by `rank`, without those that the
-- database refused; with `only_new` without those that were there before; at most `limit` of them.
-- grain: one client; key: phone; inputs: wa2pg_clients
with wanted as (
  select phone
  from wa2pg_clients
  where refused is null and not (%(only_new)s and row_id is not null)
  order by rank
  limit %(limit)s
)
update wa2pg_clients s
set chosen = not s.chosen
where s.chosen <> (s.phone in (select phone from wanted))
