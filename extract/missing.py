"""Pieces of history that WhatsApp announced and that never came: no damage, yet nothing to be silent about."""

from collections import Counter
from collections.abc import Sequence

from extract.snapshot_names import read_scopes
from schemas.completeness import history_complete
from schemas.datadir import DataDir
from schemas.errors import UserError
from schemas.manifest import Snapshot, sealed_snapshots


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


def _told(snapshot: Snapshot) -> str:
    manifest = snapshot.manifest
    if not manifest.missing:
        return f"the extract ended before it had everything ({str(manifest.ended).replace('_', ' ')})"
    kinds = Counter(chunk.sync_type for chunk in manifest.missing)
    count = len(manifest.missing)
    pieces = "piece of history that WhatsApp announced" if count == 1 else "pieces of history that WhatsApp announced"
    return f"{count} {pieces} did not come ({', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))})"
