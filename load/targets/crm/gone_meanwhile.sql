-- Whether somebody removed something that this run had found there already: a client, a conversation or a message.
-- grain: one row; inputs: wa2pg_chats, wa2pg_surveyed, wa2pg_totals, conversations
select
  exists (
    select from wa2pg_chats h
    where not exists (select from public.conversations v where v.id = h.conversation_id)
  )
  or exists (
    select from wa2pg_surveyed s
    left join wa2pg_totals t on t.conversation_id = s.conversation_id
    where coalesce(t.message_count - t.inserted_count, -1) < s.message_count
  )
