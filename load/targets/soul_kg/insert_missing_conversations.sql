-- Inserts an ACTIVE conversation for chats that have none, and notes it.
-- grain: one conversation; key: id; inputs: numbers, client ids, keys and first times; wa2pg_chats
with wanted as (
  select *
  from unnest(%(numbers)s::integer[], %(clients)s::text[], %(keys)s::text[], %(times)s::timestamp[])
    as w (number, client_id, id, first_message_at)
),
made as (
  insert into public.conversations (id, "organizationId", "clientId", channel, status, "createdAt", "updatedAt")
  select
    id, %(organization)s, client_id, %(channel)s::public."CommunicationChannel", 'ACTIVE',
    coalesce(first_message_at, localtimestamp(3)), localtimestamp(3)
  from wanted
  order by number
)
update wa2pg_chats h set conversation_id = w.id from wanted w where w.number = h.number
