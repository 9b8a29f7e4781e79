-- The conversations whose messages are counted before anything is written: all of the chosen clients and their places,
-- without those that this run has made, which are empty.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_chats, wa2pg_places, conversations
create temporary table wa2pg_to_count on commit drop as
select v.id as conversation_id
from public.conversations v
where (
    v.id in (select conversation_id from wa2pg_chats)
    or v.id in (select conversation_id from wa2pg_places)
    or v.client_id in (select client_id from wa2pg_chats)
  )
  and v.import_run_id is distinct from %(run)s
