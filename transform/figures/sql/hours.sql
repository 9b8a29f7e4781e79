-- when messages are written; hours without any are no rows.
-- grain: an hour (0 to 23) of a weekday (1 Monday to 7 Sunday) in the company's time zone; key: (weekday, hour)
-- inputs: clean_messages
select
    isodow(sent_at) as weekday,
    hour(sent_at) as hour,
    count(*) filter (where direction = 'INCOMING') as incoming,
    count(*) filter (where direction = 'OUTGOING') as outgoing
from clean_messages
group by isodow(sent_at), hour(sent_at)
order by weekday, hour;
