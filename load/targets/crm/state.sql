-- Where an organisation's rows stand, in one figure: every column of its clients and conversations, how many messages
-- each conversation holds and how many of them imports brought, how many statuses were given and when the last one.
-- It does not notice that the text of a message was changed by hand.
-- `wa2pg_totals` has the counts that are known already; the others are counted.
-- grain: one row; inputs: clients, conversations, messages, client_status_history, wa2pg_totals
with counted as (
  select t.conversation_id, t.message_count::bigint, t.imported_count::bigint
  from wa2pg_totals t
  join public.conversations v on v.id = t.conversation_id
  where v.organization_id = %(organization)s
  union all
  select v.id, count(m.id), count(m.import_run_id)
  from public.conversations v
  left join public.messages m on m.conversation_id = v.id
  where v.organization_id = %(organization)s
    and v.id not in (select conversation_id from wa2pg_totals)
  group by v.id
)
select md5(concat_ws(
  '/',
  (select md5(string_agg(md5(c::text), '' order by c.id)) from public.clients c where c.organization_id = %(organization)s),
  (
    select md5(string_agg(md5(v::text), '' order by v.id))
    from public.conversations v
    where v.organization_id = %(organization)s
  ),
  (
    select md5(string_agg(concat_ws(' ', conversation_id, message_count, imported_count), '/' order by conversation_id))
    from counted
  ),
  (
    select concat_ws(' ', count(*), extract(epoch from max(h.created_at)))
    from public.client_status_history h
    where h.organization_id = %(organization)s
  )
))
