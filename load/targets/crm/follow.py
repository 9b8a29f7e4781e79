"""What clients and conversations become when their messages are in."""

from load.report import LoadOptions
from load.targets.crm.survey import count_again
from load.targets.crm.work import Import


def follow_messages(work: Import, options: LoadOptions) -> None:
    """Let counts and times follow the messages, and name, language and status the archive where they may."""
    overwrite = not options.skip_duplicates
    decide = {"overwrite": overwrite, "overwrite_status": options.overwrite_status}
    work.execute("decide_clients", **decide)
    # what a person writes to these clients from here on waits for us, and what was written before is seen
    held = [number for (number,) in work.execute("lock_clients")]
    if held:
        count_again(work, sorted(set(held)))
        work.connection.execute("alter table wa2pg_next_clients rename to wa2pg_first_clients")
        work.execute("decide_clients", **decide)
        work.execute("drop_unheld")
    work.execute("keep_clients")
    work.execute("insert_status_history")
    work.execute("update_clients")
    work.execute("update_conversations", overwrite=overwrite)
    work.execute("keep_rows")
