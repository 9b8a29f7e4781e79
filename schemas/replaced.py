"""Redecoded snapshots: each stands in the place of the one that it was made from."""

from schemas.manifest import Snapshot
from schemas.words import SourceKind


def without_replaced(snapshots: list[Snapshot]) -> list[Snapshot]:
    """Put each redecoded snapshot in the place of the one it was made from; the last made wins."""
    place_of: dict[str, int] = {}
    places: list[Snapshot] = []
    for snapshot in snapshots:
        source = snapshot.manifest.source
        origin = source.detail if source.kind is SourceKind.REDECODE else None
        # an original that was removed since keeps its place for whatever else was made from it
        place = place_of.get(origin, len(places)) if origin else len(places)
        places[place : place + 1] = [snapshot]
        place_of[snapshot.name] = place
        if origin:
            place_of[origin] = place
    return places
