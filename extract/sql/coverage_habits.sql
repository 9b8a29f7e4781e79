-- the pause that 95 of 100 of a chat's pauses stay below; milliseconds.
-- grain and key: chat_number
-- inputs: pause; the variable least_intervals: with fewer pauses a chat has no habit
create table habit as
select
    chat_number,
    quantile_disc(lasted, 0.95) as usual
from pause
group by chat_number
having count(*) >= getvariable('least_intervals');
