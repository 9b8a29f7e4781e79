-- Tells again whether the chats that the run changed are archived; counts and times come after.
-- grain: one conversation; key: id; inputs: wa2pg_mine, wa2pg_kept, conversations
update public.conversations v
set archived = (m.before ->> 'archived')::boolean,
    updated_at = now()
from wa2pg_mine m
where m.table_name = 'conversations'
  and m.row_id = v.id
  and m.before ? 'archived'
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'conversations' and k.row_id = v.id)
