"""Messages of a clean run into the layout `crm`: what is there is found out, only what is new or changed is sent.

In batches of rows, so that memory does not grow with the archive; a batch is prepared while another is sent.
"""

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field

import pyarrow as pa

from load.clean_tables import held_back, open_table
from load.report import LoadOptions, RefusedMessage
from load.statements import statement
from load.targets.crm.archive import Archive
from load.targets.crm.fast import other_triggers, per_row_checks_off
from load.targets.crm.late_indexes import LateIndexes
from load.targets.crm.prepare import BatchSizes, Prepared, Preparer, messages_there
from load.targets.crm.send import Sender
from load.targets.crm.survey import count_again, count_new_chats, survey
from load.targets.crm.work import Import
from schemas.progress import Progress, Step
from schemas.translation import N_

SIZES = BatchSizes()


@dataclass
class LoadedMessages:
    """How many clean messages were what, and the `refused` ones.

    `counts`: `new`, `changed`, `same`, `left_out`, `refused` (with their chat, or for themselves), `held_back`, of
    `nobody` in the clean clients (a sound run has none), and how many written ones lost a NUL (`nul`).
    """

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedMessage] = field(default_factory=list)


def load_messages(work: Import, archive: Archive, options: LoadOptions, progress: Progress) -> LoadedMessages:
    """Insert the new messages of the chosen chats, bring changed ones up to date, count what the chats hold now."""
    loaded = LoadedMessages()
    clean, duck = archive.clean, archive.duck
    total = clean.run.tables["messages"].rows

    def show() -> None:
        progress(Step(N_("loading messages"), loaded.counts.total() - loaded.counts["nul"], total))

    def there(numbers: list[int]) -> pa.Table:
        return messages_there(work, numbers)

    def searching(found: int) -> None:
        progress(Step(N_("finding the messages that the database refuses"), found))

    show()
    work.connection.execute(statement("crm", "stage_messages"))
    indexes = LateIndexes(work)
    sender = Sender(work, SIZES.direct, options.strict, searching, indexes.build, refused=loaded.refused)
    sent, touched = 0, set[int]()
    with open_table(clean, "messages") as file:
        found = survey(work, archive)
        duck.register("held_back", held_back(clean))
        if found.whole:
            loaded.counts.update(dict(duck.execute(statement("crm", "count_whole").decode()).fetchall()))
            show()
            return loaded
        # COPY does not ask policies, and passes rules by
        row = work.execute("asked_at_insert").fetchone()
        sender.may_go_direct = not (row and row[0])
        sender.went_direct = sender.may_go_direct and found.new >= SIZES.direct
        if options.fast and sender.went_direct:
            indexes.put_off()
        preparer = Preparer(work, archive, file, bool(found.placed))
        with per_row_checks_off(work) if options.fast else nullcontext():
            for batch in preparer.batches(SIZES, there, many_new=sender.went_direct):
                _send(sender, batch, loaded.counts)
                sent += len(batch.new)
                touched.update(batch.touched)
                show()
            indexes.build()
        if sender.inserted == sent and not other_triggers(work.connection):
            count_new_chats(work, duck)
            touched &= found.placed
        else:
            touched |= found.made
    count_again(work, sorted(touched))
    return loaded


def _send(sender: Sender, batch: Prepared, counts: Counter[str]) -> None:
    counts.update(batch.counts)
    for verdict, lines, send in (("new", batch.new, sender.insert), ("changed", batch.changed, sender.update)):
        refused = send(lines)
        counts[verdict] -= refused
        counts["refused"] += refused
