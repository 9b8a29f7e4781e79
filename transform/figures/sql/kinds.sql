-- messages of each type by direction, the most frequent first.
-- grain: a type; key: type
-- inputs: clean_messages
select
    type,
    count(*) filter (where direction = 'INCOMING') as incoming,
    count(*) filter (where direction = 'OUTGOING') as outgoing
from clean_messages
group by type
order by count(*) desc, type;
