-- The clients and conversations that the run inserted and that stay: they are kept, or something stays under them.
-- grain: one row; key: table_name, row_id; inputs: wa2pg_ledger, wa2pg_kept, messages, conversations
create temporary table wa2pg_staying on commit drop as
with conversations as (
  select v.id as row_id, v."clientId" as client_id
  from wa2pg_ledger c
  join public.conversations v on v.id = c.row_id
  where c.table_name = 'conversations'
    and c.action = 'inserted'
    and (
      exists (select from wa2pg_kept k where k.table_name = 'conversations' and k.row_id = v.id)
      or v.id in (
        select m."conversationId"
        from wa2pg_kept k
        join public.messages m on m.id = k.row_id
        where k.table_name = 'messages'
      )
    )
)
select 'conversations' as table_name, row_id, client_id
from conversations
union all
select 'clients', c.id, c.id
from wa2pg_ledger k
join public.clients c on c.id = k.row_id
where k.table_name = 'clients'
  and k.action = 'inserted'
  and (
    exists (select from wa2pg_kept x where x.table_name = 'clients' and x.row_id = c.id)
    or c.id in (select client_id from conversations)
  )
