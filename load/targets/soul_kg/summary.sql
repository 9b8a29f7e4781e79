-- The figures of the report.
-- grain: one row; inputs: wa2pg_clients, wa2pg_chats, wa2pg_touched, wa2pg_next_clients, wa2pg_moves
with changed as (
  select id from wa2pg_next_clients union select client_id from wa2pg_moves
),
chats as (
  select
    h.new_client,
    h.number in (select number from wa2pg_touched) or h.client_id in (select id from changed) as changed
  from wa2pg_chats h
)
select
  (select count(*) from wa2pg_clients) as total,
  (select count(*) from wa2pg_clients where not chosen and refused is null) as left_out,
  (select count(*) from chats where new_client) as imported,
  (select count(*) from chats where not new_client and changed) as updated,
  (select count(*) from chats where not new_client and not changed) as skipped,
  (select coalesce(sum(inserted), 0)::bigint from wa2pg_touched) as messages_inserted,
  (select coalesce(sum(updated), 0)::bigint from wa2pg_touched) as messages_updated,
  (select count(*) from changed) as clients_updated
