-- every raw row of messages in exactly one part: in = out + duplicate + applied + not_for_crm + rejected.
-- grain and key: (part, reason); reason is '' where a part has none
-- inputs: raw_messages, raw_rejects, occurrence, choice, verdict, deleted_unseen
create table accounting as
select
    'in' as part,
    '' as reason,
    count(*) as row_count
from raw_messages
union all
select
    part,
    reason,
    count(*)
from occurrence
where part in ('not_for_crm', 'rejected')
group by part, reason
union all
select
    if(c.dropped is true, 'duplicate', 'out'),
    '',
    count(*)
from occurrence as o
left join choice as c on o.row_id = c.row_id
where o.part = 'message'
group by all
union all
select
    case
        when v.fate in ('target_missing', 'not_the_author') then 'rejected'
        when v.fate <> 'unseen' then v.fate
        when d.row_id is null then 'duplicate'
        else 'out'
    end as part,
    case v.fate
        when 'applied' then v.kind
        when 'target_missing' then v.fate
        when 'not_the_author' then v.fate
        else ''
    end as reason,
    count(*)
from verdict as v
left join deleted_unseen as d on v.row_id = d.row_id
group by all
union all
select
    'undecoded',
    reason,
    count(*)
from raw_rejects
group by reason;
