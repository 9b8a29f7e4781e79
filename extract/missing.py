"""Pieces of history that WhatsApp announced and that never came: no damage, yet nothing to be silent about."""

from collections import Counter
from collections.abc import Sequence

from extract.snapshot_names import read_scopes
from schemas.completeness import history_complete
from schemas.datadir import DataDir
from schemas.errors import UserError
from schemas.manifest import MissingChunk, Snapshot, sealed_snapshots
from schemas.stored_words import counted, said
from schemas.translation import _, ngettext


def missing_pieces(data: DataDir, words: Sequence[str]) -> list[str]:
    """A sentence for each snapshot that lacks something and that no later one made good.

    `words` are accounts and snapshots as `audit` takes them; a damaged archive, of which audit tells, gives none.
    """
    told = []
    for scope in read_scopes(data, words):
        try:
            snapshots = sealed_snapshots(data.archive(scope.account))
        except UserError:
            continue
        if history_complete(snapshots):
            continue
        for snapshot in snapshots:
            wanted = scope.snapshots is None or snapshot.name in scope.snapshots
            if wanted and not snapshot.manifest.complete:
                told.append(f"{scope.account}/{snapshot.name}: {_told(snapshot)}")
    return told


def piece_name(chunk: MissingChunk) -> str:
    """A piece of history by WhatsApp's own name for its kind and its place among those."""
    return chunk.sync_type if chunk.chunk_order is None else f"{chunk.sync_type} {chunk.chunk_order}"


def _told(snapshot: Snapshot) -> str:
    manifest = snapshot.manifest
    if not manifest.missing:
        return _("the extract ended before it had everything ({how})", how=said(manifest.ended))
    kinds = Counter(chunk.sync_type for chunk in manifest.missing)
    return ngettext(
        "{count} piece of history that WhatsApp announced did not come ({kinds})",
        "{count} pieces of history that WhatsApp announced did not come ({kinds})",
        len(manifest.missing),
        kinds=", ".join(counted(count, kind) for kind, count in sorted(kinds.items())),
    )
