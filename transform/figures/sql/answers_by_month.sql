-- the middle answer time of each month in which enough turns began that were answered.
-- grain: a month in the company's time zone; key: month
-- inputs: turn; variable least_answers (how many are enough)
select
    date_trunc('month', asked_at::timestamp)::date as month,
    quantile_disc(answer_ms, 0.5) as median_ms,
    count(*) as turns
from turn
where answered_at is not null
group by month
having count(*) >= getvariable('least_answers')
order by month;
