-- a client's turn: what he wrote until the company wrote again; of equal times his message counts as the earlier.
-- grain: a turn; key: (phone, asked_at)
-- inputs: talked
create table turn as
with marked as (
    select
        *,
        incoming is distinct from lag(incoming) over talk as begins
    from talked
    window talk as (partition by phone order by sent_at, incoming desc, whatsapp_message_id)
),

numbered as (
    select
        *,
        sum(begins::integer) over (
            partition by phone order by sent_at, incoming desc, whatsapp_message_id
            rows between unbounded preceding and current row
        ) as run
    from marked
),

runs as (
    select
        phone,
        run,
        incoming,
        min(sent_at) as begun_at,
        max(sent_at) as last_at,
        count(*) as messages,
        bool_or(reacted) as reacted
    from numbered
    group by phone, run, incoming
),

followed as (
    select
        *,
        lead(begun_at) over (partition by phone order by run) as answered_at
    from runs
)

select
    phone,
    begun_at as asked_at,
    last_at,
    messages,
    reacted,
    answered_at,
    epoch_ms(answered_at) - epoch_ms(begun_at) as answer_ms
from followed
where incoming;
