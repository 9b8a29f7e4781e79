-- what each raw row is: a message, an action on a message, not for the CRM, or rejected.
-- grain: a raw row of messages; key: row_id
-- inputs: raw_messages, address (jid, chat, person, outside, problem)
create table occurrence as
select
    m.row_id,
    m.arrival,
    m.position,
    a.chat,
    a.person,
    m.from_me,
    present(m.message_id) as message_id,
    present(m.target_id) as target_id,
    m.kind,
    good_time(m.sent_at) as sent_at,
    delivery_rank(m.delivery) as delivery,
    case
        when a.outside is not null or m.kind = 'system' then 'not_for_crm'
        when a.person is null then 'rejected'
        when is_action(m.kind) then if(present(m.target_id) is null, 'rejected', 'action')
        when present(m.message_id) is null then 'rejected'
        else 'message'
    end as part,
    case
        when a.outside is not null then a.outside
        when m.kind = 'system' then 'system'
        when m.chat_jid is null then 'no_chat'
        when a.person is null then a.problem
        when is_action(m.kind) then if(present(m.target_id) is null, 'target_missing', null)
        when present(m.message_id) is null then 'no_message_id'
    end as reason
from raw_messages as m
left join address as a on m.chat_jid = a.jid;
