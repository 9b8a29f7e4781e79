-- stretches in which nobody wrote in any chat, longer than the account's habit.
-- grain: a pause of the whole account
-- inputs: message; the variables habit_times, least_intervals and least_account_gap (milliseconds)
with pauses as (
    select
        lag(sent_at) over (order by sent_at) as after_message,
        sent_at as before_message,
        epoch_ms(before_message) - epoch_ms(after_message) as lasted
    from (select distinct sent_at from message where sent_at is not null)
    qualify after_message is not null
),

usual as (
    select
        quantile_disc(lasted, 0.95) as lasted,
        count(*) as pauses
    from pauses
)

select
    p.after_message,
    p.before_message
from pauses as p
cross join usual as u
where
    u.pauses >= getvariable('least_intervals')
    and p.lasted > greatest(u.lasted * getvariable('habit_times'), getvariable('least_account_gap'))
order by p.after_message;
