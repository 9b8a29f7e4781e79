-- Brings rows that loads inserted to the state that the archive now knows, and returns what they were.
-- Rows of others have other keys. A text is followed when WhatsApp knows an edit of it, or when it only stood in for one;
-- the status goes forward only. Nobody else can write here meanwhile (lock.py).
-- grain: one message; key: id; inputs: wa2pg_changes, messages
with next as materialized (
  select
    m.id,
    s.number,
    case when s.follows_text then s.content else m.content end as content,
    case when s.follows_text and s.content <> m.content then s.language else m.language end as language,
    case
      when array_position(array['FAILED', 'PENDING', 'SENT', 'DELIVERED'], s.status)
        > array_position(array['FAILED', 'PENDING', 'SENT', 'DELIVERED'], m.status::text)
        then s.status::public."MessageStatus"
      else m.status
    end as status,
    m.content as old_content,
    m.language as old_language,
    m.status as old_status
  from wa2pg_changes s
  join public.messages m using (id)
  where s.id = any(%(ids)s)
),
changed as (
  update public.messages m
  set content = n.content, language = n.language, status = n.status
  from next n
  where m.id = n.id and (n.content, n.status) is distinct from (n.old_content, n.old_status)
  returning m.id
)
select
  n.id,
  n.number,
  jsonb_strip_nulls(jsonb_build_object(
    'content', case when n.content <> n.old_content then n.old_content end,
    'status', case when n.status <> n.old_status then n.old_status end
  )) || case
    when n.language is distinct from n.old_language then jsonb_build_object('language', n.old_language)
    else '{}'
  end,
  substr(md5(n.content || chr(31) || coalesce(n.language, '') || chr(31) || n.status::text), 1, 16)
from next n
join changed using (id)
