-- Lets counts and times of the touched conversations that remain follow their messages; one that stands as the run
-- left it gets what it had before.
-- grain: one conversation; key: id; inputs: wa2pg_touched, wa2pg_mine, conversations, messages
with counted as (
  select
    t.conversation_id,
    t.whole,
    count(x.id)::integer as message_count,
    min(x.sent_at) filter (where x.sent_at > 'epoch') as first_message_at,
    max(x.sent_at) filter (where x.sent_at > 'epoch') as last_message_at
  from wa2pg_touched t
  left join public.messages x on x.conversation_id = t.conversation_id
  group by t.conversation_id, t.whole
),
next as (
  select v.id, had.message_count, had.first_message_at, had.last_message_at
  from counted n
  join public.conversations v on v.id = n.conversation_id
  left join wa2pg_mine m on m.table_name = 'conversations' and m.row_id = v.id and not m.inserted
  cross join lateral jsonb_populate_record(
    v,
    case
      when n.whole then m.before - 'archived'
      else to_jsonb(n) - 'conversation_id' - 'whole'
    end
  ) had
)
update public.conversations v
set message_count = n.message_count,
    first_message_at = n.first_message_at,
    last_message_at = n.last_message_at,
    updated_at = now()
from next n
where v.id = n.id
  and (v.message_count, v.first_message_at, v.last_message_at)
    is distinct from (n.message_count, n.first_message_at, n.last_message_at)
