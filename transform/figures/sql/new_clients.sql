-- clients by the month of their first message; months without any are rows too.
-- grain: a month in the company's time zone; key: month
-- inputs: kept_client
with counted as (
    select
        date_trunc('month', first_message_at::timestamp) as month,
        count(*) as clients
    from kept_client
    where first_message_at is not null
    group by month
),

months as (
    select unnest(generate_series(min(month), max(month), interval 1 month)) as month
    from counted
)

select
    m.month::date as month,
    coalesce(c.clients, 0) as clients
from months as m
left join counted as c on m.month = c.month
order by m.month;
