-- how fast the company answers, in one row; times in milliseconds, null where nothing was answered.
-- grain: the run; no key
-- inputs: turn
select
    count(*) as turns,
    count(answered_at) as answered,
    count(*) filter (where answered_at is null and reacted) as reacted,
    count(*) filter (where answered_at is null and not reacted) as waiting,
    quantile_disc(answer_ms, 0.5) as median_ms,
    quantile_disc(answer_ms, 0.9) as slow_ms
from turn;
