-- (DuckDB) The verdicts of compare_messages.sql where every chosen chat is whole: no message has to be read for them.
-- grain: one verdict; key: verdict; inputs: surveyed, chats, held_back
select
  case
    when c.phone is null and s.phone in (select phone from held_back) then 'held_back'
    when c.phone is null then 'nobody'
    when c.refused then 'refused'
    when c.number is null then 'left_out'
    else 'same'
  end as verdict,
  sum(s.message_count)::bigint
from surveyed s
left join chats c using (phone)
group by verdict
