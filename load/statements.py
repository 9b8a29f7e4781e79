"""The SQL files of a layout."""

from functools import cache
from importlib.resources import files


@cache
def statement(layout: str, name: str) -> bytes:
    """The SQL of `load/targets/<layout>/<name>.sql` (`common`: of every layout); parameters are the caller's."""
    return (files("load") / "targets" / layout / f"{name}.sql").read_bytes()
