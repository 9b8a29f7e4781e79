"""The entry point `wa2pg`: Ctrl-C ends it with a sentence also while the program is still being read."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line."""
    try:
        # reading the libraries takes most of a second, which is when somebody who mistyped presses Ctrl-C
        from wa2pg.start import start  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)
    start()


if __name__ == "__main__":
    main()
