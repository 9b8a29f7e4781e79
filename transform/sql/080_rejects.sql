-- clean table rejects; sql of the output itself. Never holds chat text.
-- grain: a raw row that could not be decoded (extract) or used (transform); no key: equal rows stay apart
-- inputs: raw_rejects, occurrence, verdict, raw_messages
with refused as (
    select
        row_id,
        reason,
        kind
    from occurrence
    where part = 'rejected'
    union all
    select
        row_id,
        fate,
        kind
    from verdict
    where fate in ('target_missing', 'not_the_author')
)

select
    'extract' as stage,
    reason,
    null as chat_jid,
    null as message_id,
    without_nul(detail) as detail
from raw_rejects
union all
select
    'transform',
    r.reason,
    without_nul(m.chat_jid),
    without_nul(m.message_id),
    without_nul(r.kind)
from refused as r
inner join raw_messages as m on r.row_id = m.row_id
order by all;
