-- Lets counts and times of the touched clients that remain follow their messages; a client of whom nothing but this
-- run has been heard since it was loaded gets what he had before.
-- grain: one client; key: id; inputs: wa2pg_touched, wa2pg_mine, clients, conversations, messages
with touched as (
  select client_id, bool_and(whole) as whole from wa2pg_touched group by client_id
  union
  select m.row_id, true
  from wa2pg_mine m
  where m.table_name = 'clients' and m.row_id not in (select client_id from wa2pg_touched)
),
counted as (
  select
    t.client_id,
    (count(x.id) filter (where x.direction = 'INCOMING'))::integer as incoming_count,
    (count(x.id) filter (where x.direction = 'OUTGOING'))::integer as outgoing_count,
    min(x.sent_at) filter (where x.sent_at > 'epoch') as first_message_at,
    max(x.sent_at) filter (where x.sent_at > 'epoch') as last_message_at
  from touched t
  left join public.conversations v on v.client_id = t.client_id
  left join public.messages x on x.conversation_id = v.id
  group by t.client_id
),
next as (
  select c.id, had.incoming_count, had.outgoing_count, had.first_message_at, had.last_message_at
  from touched t
  join counted n using (client_id)
  join public.clients c on c.id = t.client_id
  left join wa2pg_mine m on m.table_name = 'clients' and m.row_id = c.id and not m.inserted
  cross join lateral jsonb_populate_record(
    c,
    case
      when t.whole
        and (c.incoming_count, c.outgoing_count, c.first_message_at, c.last_message_at)
          is not distinct from (
            (m.after ->> 'incoming_count')::integer, (m.after ->> 'outgoing_count')::integer,
            (m.after ->> 'first_message_at')::timestamptz, (m.after ->> 'last_message_at')::timestamptz
          )
        then jsonb_build_object(
          'incoming_count', coalesce(m.before -> 'incoming_count', to_jsonb(c.incoming_count)),
          'outgoing_count', coalesce(m.before -> 'outgoing_count', to_jsonb(c.outgoing_count)),
          'first_message_at', coalesce(m.before -> 'first_message_at', to_jsonb(c.first_message_at)),
          'last_message_at', coalesce(m.before -> 'last_message_at', to_jsonb(c.last_message_at))
        )
      else to_jsonb(n)
    end
  ) had
)
update public.clients c
set incoming_count = n.incoming_count,
    outgoing_count = n.outgoing_count,
    first_message_at = n.first_message_at,
    last_message_at = n.last_message_at,
    updated_at = now()
from next n
where c.id = n.id
  and (c.incoming_count, c.outgoing_count, c.first_message_at, c.last_message_at)
    is distinct from (n.incoming_count, n.outgoing_count, n.first_message_at, n.last_message_at)
