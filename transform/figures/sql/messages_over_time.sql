-- messages in each period by direction; periods without any are rows too.
-- grain: a period in the company's time zone; key: period
-- inputs: clean_messages; variables unit (day, week, month or year) and step (its interval)
with counted as (
    select
        date_trunc(getvariable('unit'), sent_at::timestamp) as period,
        count(*) filter (where direction = 'INCOMING') as incoming,
        count(*) filter (where direction = 'OUTGOING') as outgoing
    from clean_messages
    group by period
),

periods as (
    select unnest(generate_series(min(period), max(period), getvariable('step')::interval)) as period
    from counted
)

select
    p.period::date as period,
    coalesce(c.incoming, 0) as incoming,
    coalesce(c.outgoing, 0) as outgoing
from periods as p
left join counted as c on p.period = c.period
order by p.period;
