-- each message of either snapshot (0: A, 1: B) and how the two differ. One that the other snapshot speaks of only by an
-- edit, a deletion or a reaction counts as there, and changed.
-- grain and key: (chat, from_me, message_id)
-- inputs: message, action
create table compared as
with seen as (
    select distinct
        chat,
        from_me,
        message_id
    from message
),

beside as (
    select
        s.chat,
        a.message_id is not null as row_in_a,
        b.message_id is not null as row_in_b,
        row_in_a or x.message_id is not null as in_a,
        row_in_b or y.message_id is not null as in_b,
        row_in_a and row_in_b and a.content is distinct from b.content as other_words,
        coalesce(x.edits, []) is distinct from coalesce(y.edits, []) as other_edits,
        row_in_a and row_in_b and a.delivery is distinct from b.delivery as other_delivery,
        coalesce(x.deleted, false) <> coalesce(y.deleted, false) as other_deletion,
        coalesce(x.reactions, []) is distinct from coalesce(y.reactions, []) as other_reactions,
        coalesce(a.row_count, 0) > 1 as duplicate_a,
        coalesce(b.row_count, 0) > 1 as duplicate_b
    from seen as s
    left join message as a
        on a.snapshot = 0 and s.chat = a.chat and s.from_me = a.from_me and s.message_id = a.message_id
    left join message as b
        on b.snapshot = 1 and s.chat = b.chat and s.from_me = b.from_me and s.message_id = b.message_id
    left join action as x on x.snapshot = 0 and s.chat = x.chat and s.message_id = x.message_id
    left join action as y on y.snapshot = 1 and s.chat = y.chat and s.message_id = y.message_id
)

select
    chat,
    in_a and not in_b as only_a,
    in_b and not in_a as only_b,
    in_a and in_b and (other_words or other_edits) as edited,
    in_a and in_b and other_delivery as delivery,
    in_a and in_b and other_deletion as deleted,
    in_a and in_b and other_reactions as reacted,
    in_a and in_b and (other_words or other_edits or other_delivery or other_deletion or other_reactions) as changed,
    duplicate_a,
    duplicate_b
from beside;
