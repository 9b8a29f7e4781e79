-- Gives messages that the run changed their earlier text, language and status back.
-- grain: one message; key: id; inputs: wa2pg_ledger, wa2pg_kept, messages
update public.messages m
set content = b.content, language = b.language, status = b.status
from wa2pg_ledger w
join public.messages old on old.id = w.row_id
cross join lateral jsonb_populate_record(old, w.before) b
where w.table_name = 'messages'
  and w.action = 'updated'
  and w.row_id = m.id
  and m."organizationId" = %(organization)s
  and not exists (select from wa2pg_kept k where k.table_name = 'messages' and k.row_id = m.id)
