-- (DuckDB) Clean clients for COPY in PostgreSQL's text format, without those that a person holds back; columns as in
-- clients.py. The second keys are for a number that another person had before, whose row has the first. The rank is the
-- order in which a limit takes the chats: latest message first, ties by phone.
-- grain: one client with his conversation; key: phone; inputs: all_clean_clients, all_clean_conversations
with told as (
  select
    c.*,
    plain(c.phone) as number,
    coalesce(v.archived, false) as archived,
    -- of his addresses the first LID, else the first
    coalesce(
      substr(list_min(list_transform(c.addresses, lambda a: if(suffix(plain(a), '@lid'), '0', '1') || plain(a))), 2), ''
    ) as address
  from all_clean_clients c
  left join (
    select phone, bool_or(archived) as archived from all_clean_conversations where channel = $channel group by phone
  ) v using (phone)
  where not c.skip
)
select
  concat(
    row_number() over (order by last_message_at desc nulls last, number), chr(9),
    uuid5($organization, concat('client:', number)), chr(9),
    uuid5($organization, concat('conversation:', number, ':', $channel)), chr(9),
    uuid5($organization, concat('client:', number, ':', address)), chr(9),
    uuid5($organization, concat('conversation:', number, ':', $channel, ':', address)), chr(9),
    copied(phone), chr(9),
    copied(name), chr(9),
    copied(first_name), chr(9),
    copied(last_name), chr(9),
    copied(name_source), chr(9),
    copied(known_language(preferred_language)), chr(9),
    coalesce(language_confidence::varchar, '\N'), chr(9),
    copied(languages), chr(9),
    copied(status), chr(9),
    coalesce(status_confidence::varchar, '\N'), chr(9),
    copied(status_source), chr(9),
    copied(status_reason), chr(9),
    copied(country), chr(9),
    copied(time_zone), chr(9),
    coalesce(first_message_at::varchar, '\N'), chr(9),
    coalesce(last_message_at::varchar, '\N'), chr(9),
    incoming_count::varchar, chr(9),
    outgoing_count::varchar, chr(9),
    copied(ad_title), chr(9),
    copied(as_array(addresses)), chr(9),
    archived::varchar, chr(10)
  ) as line
from told
