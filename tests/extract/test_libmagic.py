"""neonize's import needs libmagic; where the system has none, the wheel pylibmagic lends its own."""

import subprocess
import sys
from pathlib import Path

WITHOUT_LIBMAGIC = """
import ctypes, ctypes.util, os, sys
load = ctypes.CDLL.__init__
def no_system_libmagic(self, name, *arguments, **options):
    if name and "magic" in name and not os.path.isabs(name):
        raise OSError("not on this system")
    load(self, name, *arguments, **options)
ctypes.CDLL.__init__ = no_system_libmagic
find = ctypes.util.find_library
ctypes.util.find_library = lambda name: None if name == "magic" else find(name)
before = dict(os.environ)
import extract.whatsapp.protobufs as protobufs
import magic
assert "pylibmagic" in sys.modules
assert {name: value for name, value in os.environ.items() if "LIBRARY_PATH" in name} == {
    name: value for name, value in before.items() if "LIBRARY_PATH" in name
}
print(protobufs.WebMessageInfo.DESCRIPTOR.name)
"""


def test_the_protobufs_are_imported_on_a_system_without_libmagic() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_LIBMAGIC],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "WebMessageInfo"), done.stderr
