-- rows that could not be used, by reason, the most frequent first.
-- grain: a reason of a stage; key: (stage, reason)
-- inputs: clean_rejects
select
    stage,
    reason,
    count(*) as rows_rejected
from clean_rejects
group by stage, reason
order by rows_rejected desc, stage, reason;
