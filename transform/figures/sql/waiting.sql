-- clients whose last message nobody answered, the one who began to wait last first.
-- grain: a client; key: phone
-- inputs: turn, kept_client; variable shown (how many)
select
    t.phone,
    c.name,
    c.status,
    c.preferred_language as language,
    t.messages,
    epoch_ms(t.asked_at) as asked
from turn as t
inner join kept_client as c on t.phone = c.phone
where t.answered_at is null and not t.reacted
qualify row_number() over (order by t.asked_at desc, t.phone) <= getvariable('shown')
order by t.asked_at desc, t.phone;
