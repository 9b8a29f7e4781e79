-- answers by how long the client waited for them.
-- grain: a class of times, by the place of its lower bound; key: place
-- inputs: turn; variable answer_bounds (lower bounds in milliseconds, the first 0)
with bound as (
    select
        unnest(getvariable('answer_bounds')) as least,
        unnest(range(len(getvariable('answer_bounds')))) as place,
        unnest(list_append(getvariable('answer_bounds')[2:], 9223372036854775807)) as above
)

select
    b.place,
    count(t.phone) as turns
from bound as b
left join turn as t on t.answer_ms >= b.least and t.answer_ms < b.above
group by b.place
order by b.place;
