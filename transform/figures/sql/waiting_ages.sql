-- clients who wait for an answer, by how long they do.
-- grain: a class of times, by the place of its lower bound; key: place
-- inputs: turn; variables as_of and waiting_bounds (lower bounds in milliseconds, the first 0)
with bound as (
    select
        unnest(getvariable('waiting_bounds')) as least,
        unnest(range(len(getvariable('waiting_bounds')))) as place,
        unnest(list_append(getvariable('waiting_bounds')[2:], 9223372036854775807)) as above
),

waiting as (
    select
        phone,
        epoch_ms(getvariable('as_of')) - epoch_ms(asked_at) as waited
    from turn
    where answered_at is null and not reacted
)

select
    b.place,
    count(w.phone) as clients
from bound as b
left join waiting as w on w.waited >= b.least and w.waited < b.above
group by b.place
order by b.place;
