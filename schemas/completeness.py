"""Whether the snapshots of an account hold all of its history, by what their manifests say."""

from schemas.manifest import Manifest, Snapshot
from schemas.words import Ended, SourceKind


def history_complete(snapshots: list[Snapshot]) -> bool:
    """Whether nothing is known to be missing: each snapshot is complete, or a later one made it good.

    `snapshots` are all of an account, in the order of sealing. A broken replay can be repeated from its files and
    then is whole. A broken link is made good by a later whole one: by any, when it lost nothing that was announced
    and was not killed, for the phone goes on where it was; otherwise by one of another pairing, for a phone sends
    its history once a pairing. A redecode brings nothing new: the snapshot it was made from is judged, or, where
    that was removed, the redecode by itself.
    """
    names = {snapshot.name for snapshot in snapshots}
    replayed = False
    pairings: set[str | None] = set()
    for snapshot in reversed(snapshots):
        manifest = snapshot.manifest
        source = manifest.source
        if source.kind is SourceKind.REDECODE and source.detail in names:
            continue
        if manifest.complete:
            replayed = replayed or source.kind is SourceKind.REPLAY
            if source.kind is SourceKind.WHATSAPP:
                pairings.add(source.detail)
        elif source.kind is SourceKind.REPLAY:
            if not replayed:
                return False
        elif source.kind is not SourceKind.WHATSAPP or not _made_good(manifest, pairings):
            return False
    return True


def _made_good(broken: Manifest, later_pairings: set[str | None]) -> bool:
    """Whether whole links of these pairings, all later, make up for a broken one."""
    lost_something = bool(broken.missing) or broken.ended in {Ended.CRASHED, Ended.LOGGED_OUT}
    return bool(later_pairings - {broken.source.detail} if lost_something else later_pairings)
