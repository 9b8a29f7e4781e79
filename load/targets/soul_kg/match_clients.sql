-- Ranks the chats (latest message first, ties by phone: the order in which a limit takes them) and finds the row of
-- each: by phone, else by LID, else by key. A new client takes his second keys where the first are another person's,
-- who had the number before. One whose phone another row keeps cannot be loaded.
-- grain: one client; key: phone; inputs: wa2pg_clients, wa2pg_claims, wa2pg_rows
with ranked as (
  select phone, row_number() over (order by last_message_at desc nulls last, phone collate "C") as rank
  from wa2pg_clients
),
his as (
  select distinct on (k.phone) k.phone, k.client_id
  from wa2pg_claims k
  join wa2pg_rows r on r.id = k.client_id
  order by k.phone, k.by_phone desc, k.by_lid desc, r.last_message_at desc nulls last, k.client_id collate "C"
)
update wa2pg_clients s
set rank = ranked.rank,
    row_id = his.client_id,
    client_key = case when taken.id is null then s.client_key else s.second_client_key end,
    conversation_key = case when taken.id is null then s.conversation_key else s.second_conversation_key end,
    refused = case
      when his.client_id is null and holder.id is not null then 'another client of the database has his number'
    end
from ranked
left join his on his.phone = ranked.phone
join wa2pg_clients same on same.phone = ranked.phone
left join wa2pg_rows taken on taken.id = same.client_key and his.client_id is null
left join wa2pg_rows holder on holder.phone = same.phone
where ranked.phone = s.phone
