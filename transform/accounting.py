"""The figures of a run: where every raw row went, and what the report says about people and times."""

from collections import defaultdict
from dataclasses import dataclass

from schemas.clean_run import Accounting
from schemas.stored_words import said
from transform.warehouse import Warehouse


def reason_in_words(reason: str) -> str:
    """A reason of the accounting in the reader's language."""
    # what a column of clients is called, too; here it is what people post for a day
    return said("status post" if reason == "status" else reason)


@dataclass(frozen=True)
class Figures:
    """Counts beside the accounting; `timeless` are messages whose time was filled."""

    people_without_number: int
    messages_without_number: int
    timeless: int


def read_accounting(warehouse: Warehouse) -> Accounting:
    """What became of every raw row, by part and reason (table `accounting`)."""
    parts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    query = "select part, reason, sum(row_count)::bigint as row_count from accounting group by all order by all"
    for row in warehouse.rows(query):
        if row["row_count"]:
            parts[row["part"]][row["reason"]] = row["row_count"]
    return Accounting(
        rows_in=sum(parts["in"].values()),
        rows_out=sum(parts["out"].values()),
        duplicates=sum(parts["duplicate"].values()),
        applied=parts["applied"],
        not_for_crm=parts["not_for_crm"],
        rejected=parts["rejected"],
        undecoded=parts["undecoded"],
    )


def read_figures(warehouse: Warehouse) -> Figures:
    """The counts that the accounting, which counts raw rows, cannot tell."""
    (people,) = warehouse.rows(
        "select count(distinct chat) as people,"
        " count(distinct (chat, from_me, coalesce(message_id, row_id::varchar))) filter (where not is_action(kind))"
        " as messages from occurrence where reason = 'no_phone'"
    )
    (talk,) = warehouse.rows("select coalesce(sum(timeless_count), 0)::bigint as timeless from talk")
    return Figures(people["people"], people["messages"], talk["timeless"])
