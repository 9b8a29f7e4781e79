"""Whether transform has what it needs, the released language model, and its tables are those of the archive."""

import shlex
from pathlib import Path

from schemas.clean_run import read_current_run
from schemas.datadir import DataDir
from schemas.files import sha256_of
from schemas.health import Check, Health
from schemas.manifest import sealed_snapshots
from schemas.replaced import without_replaced
from schemas.translation import N_, _, ngettext
from transform.language.model import MODEL, OwnModel

# the card of the released model names its file by hash
_CARD = MODEL.with_name("MODEL_CARD.md")


def check_language_model(path: Path = MODEL) -> Check:
    """Whether the model's file is the one that was released, and can be read."""
    name = N_("language model")
    root = MODEL.parents[2]
    cure = f"git -C {shlex.quote(str(root))} checkout -- {MODEL.relative_to(root)}"
    if not (root / ".git").exists():
        cure = _("install this version of wa2pg again")
    if not path.is_file():
        return Check(name, Health.BROKEN, _("its file is gone"), cure)
    # never given to fastText otherwise: it takes a damaged file at its word
    if sha256_of(path) not in _CARD.read_text("utf-8"):
        return Check(name, Health.BROKEN, _("its file is not the one that its card names"), cure)
    languages = ngettext("{count} language", "{count} languages", len(OwnModel(path).labels))
    return Check(name, Health.OK, _("the released one, tells {languages} apart", languages=languages))


def check_clean_run(data: DataDir, account: str) -> Check:
    """Whether the clean tables are those of the archive as it is now."""
    name = N_("clean tables")
    again = f"wa2pg transform --account {account}"
    snapshots = without_replaced(sealed_snapshots(data.archive(account)))
    if not (data.clean(account) / "current").exists():
        if snapshots:
            return Check(name, Health.WARNING, _("none yet"), again)
        return Check(name, Health.OK, _("none yet, as there is no archive"))
    run = read_current_run(data.clean(account)).run
    if [(link.snapshot, link.sha256) for link in run.snapshots] != [(s.name, s.sha256) for s in snapshots]:
        return Check(name, Health.WARNING, _("older than the archive"), again)
    clients = ngettext("{count} client", "{count} clients", run.tables["clients"].rows)
    messages = ngettext("{count} message", "{count} messages", run.tables["messages"].rows)
    return Check(name, Health.OK, _("up to date: {clients}, {messages}", clients=clients, messages=messages))
