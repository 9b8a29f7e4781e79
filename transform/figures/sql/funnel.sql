-- clients by status in the order of the funnel, with how sure the statuses are; a status that nobody has is a row too.
-- grain: a status; key: status
-- inputs: kept_client; variables statuses, sure and likely (the least confidence of each)
with status as (
    select
        unnest(getvariable('statuses')) as status,
        unnest(range(len(getvariable('statuses')))) as place
)

select
    s.status,
    count(c.phone) as clients,
    count(*) filter (where c.status_confidence >= getvariable('sure')) as sure,
    count(*) filter (
        where c.status_confidence >= getvariable('likely') and c.status_confidence < getvariable('sure')
    ) as likely,
    count(*) filter (where c.status_confidence < getvariable('likely')) as unsure,
    median(c.status_confidence) as confidence,
    count(*) filter (where c.status_source = 'review') as reviewed
from status as s
left join kept_client as c on s.status = c.status
group by s.status, s.place
order by s.place;
