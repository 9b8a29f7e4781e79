"""What the database refused: by reason for the report, one by one in a file."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from load.database_errors import reason_to_read
from load.report import FailedChat, LoadReport
from schemas.errors import UserError
from schemas.files import make_private_folder, replace_file
from schemas.translation import _, ngettext


def reasons(report: LoadReport) -> list[tuple[str, int, str]]:
    """Each reason for which messages were refused, how many, and the id of the first; most first."""
    found: dict[str, tuple[int, str]] = {}
    for refused in report.refused:
        count, first = found.get(refused.reason, (0, refused.message))
        found[refused.reason] = (count + 1, first)
    return sorted(
        ((reason, count, first) for reason, (count, first) in found.items()), key=lambda row: (-row[1], row[0])
    )


def write_refused(folder: Path, report: LoadReport) -> Path:
    """Write the refused messages as CSV into the folder, for this user alone; returns the file.

    Columns: row_id (the key the row would have), whatsapp_message_id, reason. Never a text or a number.
    """
    make_private_folder(folder)
    name = report.run or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}{'-dry-run' if report.dry_run else ''}"
    path = folder / f"load-{name}-refused.csv"
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["row_id", "whatsapp_message_id", "reason"])
    rows.writerows([refused.id, refused.message, refused.reason] for refused in report.refused)
    replace_file(path, text.getvalue().encode())
    return path


def refuse_any(failed: Sequence[FailedChat]) -> None:
    """Raise UserError (1) when a client was refused."""
    if failed:
        raise UserError(
            ngettext(
                "The database refused {count} client, the first of them {client} ({reason}); "
                "nothing of the run was loaded.",
                "The database refused {count} clients, the first of them {client} ({reason}); "
                "nothing of the run was loaded.",
                len(failed),
                client=failed[0].client,
                reason=reason_to_read(failed[0].reason),
            ),
            hint=_("load without --strict to leave out what is refused, or change the rule in the database"),
        )
