-- (DuckDB) Sets a batch of clean messages against what its chats already have, by direction and bare id, whatever
-- address stands between; without the texts, which stay in clean_messages.
-- verdict: new, changed (perhaps), same; of a chat that is left_out, refused or held_back; of nobody in the clean clients
-- follows_text: the text is an edited one, or takes the place of a placeholder.
-- grain: one clean message; key: row; inputs: clean_messages, chats, held_back, there
create or replace temporary table judged as
with known as (
  select *, bare_id(whatsapp_message_id) as bare from there
),
all_known as (
  from known
  union all
  select * replace (without_writer(bare) as bare) from known where not ours and without_writer(bare) <> bare
),
once as (
  select
    number,
    direction,
    bare,
    bool_or(ours) as ours,
    arg_max(status, progress_of(status)) as status,
    max(placeholder) as placeholder
  from all_known
  group by all
),
addresses as (
  -- the integration goes on writing as it does now
  select number, arg_max(address_in(whatsapp_message_id), created_at) as address
  from there
  where not ours and (address_in(whatsapp_message_id) like '%@c.us' or address_in(whatsapp_message_id) like '%@lid')
  group by number
)
select
  m.row,
  m.direction,
  m.sent_at,
  c.number,
  c.client_id,
  coalesce(a.address, c.address) as address,
  crm_status(m.direction, m.delivery) as status,
  m.edited_at is not null or t.placeholder is not null as follows_text,
  plain(m.whatsapp_message_id) as message_id,
  case
    when c.phone is null and m.phone in (select phone from held_back) then 'held_back'
    when c.phone is null then 'nobody'
    when c.refused then 'refused'
    when c.number is null then 'left_out'
    when t.number is null then 'new'
    when not t.ours then 'same'
    when m.edited_at is not null then 'changed'
    when t.placeholder is not null
      and t.placeholder <> content_of(m.type, m.body, m.media_name, m.media_bytes, m.deleted_at) then 'changed'
    when progress_of(crm_status(m.direction, m.delivery)) > progress_of(t.status) then 'changed'
    else 'same'
  end as verdict
from clean_messages m
left join chats c using (phone)
left join addresses a on a.number = c.number
left join once t on t.number = c.number and t.direction = m.direction and t.bare = plain(m.whatsapp_message_id)
