-- The clients and conversations that the run inserted and that stay: they are kept, or something stays under them.
-- grain: one row; key: table_name, row_id; inputs: wa2pg_mine, wa2pg_kept, messages
create temporary table wa2pg_staying on commit drop as
with conversations as (
  select m.row_id, m.client_id
  from wa2pg_mine m
  where m.table_name = 'conversations'
    and m.inserted
    and (
      exists (select 1 from wa2pg_kept k where k.table_name = 'conversations' and k.row_id = m.row_id)
      or m.row_id in (
        select x.conversation_id
        from wa2pg_kept k
        join public.messages x on x.id = k.row_id
        where k.table_name = 'messages'
      )
    )
)
select 'conversations' as table_name, row_id, client_id
from conversations
union all
select 'clients', m.row_id, m.row_id
from wa2pg_mine m
where m.table_name = 'clients'
  and m.inserted
  and (
    exists (select 1 from wa2pg_kept k where k.table_name = 'clients' and k.row_id = m.row_id)
    or m.row_id in (select client_id from conversations)
  )
