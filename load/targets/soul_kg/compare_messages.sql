-- (DuckDB) Sets a batch of clean messages against what its chats already have, by direction and bare id, whatever
-- address stands between.
-- verdict: new, changed (perhaps), same; of a chat that is left_out or refused; of nobody in the clean clients
-- grain: one clean message; key: phone, direction, whatsapp_message_id; inputs: clean_messages, chats, there
create temporary view compared as
with known as (
  select *, bare_id(whatsapp_message_id) as bare from there
  union all
  select *, without_writer(bare_id(whatsapp_message_id))
  from there
  where not ours and without_writer(bare_id(whatsapp_message_id)) <> bare_id(whatsapp_message_id)
),
once as (
  select
    number,
    direction,
    bare,
    bool_or(ours) as ours,
    arg_max(status, progress_of(status)) as status,
    max(placeholder) as placeholder
  from known
  group by all
),
addresses as (
  -- the integration goes on writing as it does now
  select number, arg_max(address_in(whatsapp_message_id), created_at) as address
  from there
  where not ours and (address_in(whatsapp_message_id) like '%@c.us' or address_in(whatsapp_message_id) like '%@lid')
  group by number
),
told as (
  select
    m.*,
    coalesce(nullif(plain(m.body), ''), placeholder(m.type, plain(m.media_name), m.media_bytes, m.deleted_at))
      as content,
    crm_status(m.direction, m.delivery) as status
  from clean_messages m
)
select
  m.*,
  c.number,
  c.client_id,
  c.conversation_id,
  coalesce(a.address, c.address) as address,
  m.edited_at is not null or t.placeholder is not null as follows_text,
  case
    when c.phone is null then 'nobody'
    when c.refused then 'refused'
    when c.number is null then 'left_out'
    when t.number is null then 'new'
    when not t.ours then 'same'
    when m.edited_at is not null then 'changed'
    when t.placeholder is not null and t.placeholder <> m.content then 'changed'
    when progress_of(m.status) > progress_of(t.status) then 'changed'
    else 'same'
  end as verdict
from told m
left join chats c using (phone)
left join addresses a on a.number = c.number
left join once t on t.number = c.number and t.direction = m.direction and t.bare = plain(m.whatsapp_message_id)
