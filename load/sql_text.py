"""Where one typed SQL statement ends and the next begins."""

import re

# what is passed over whole: a semicolon in it ends nothing
_WHOLE = re.compile(
    r"""
      (?<!\w)[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$
    | --[^\n]*
    | /\*.*?\*/
    """,
    re.DOTALL | re.VERBOSE,
)
_BEGUN = re.compile(r"""(?<!\w)[eE]'|'|"|(?<![\w$])\$([^\W\d]\w*|)\$|/\*""")


def split_statements(text: str) -> tuple[list[str], str]:
    """The whole statements, each with its semicolon, and what has begun after them."""
    found, start, place = [], 0, 0
    while place < len(text):
        whole = _WHOLE.match(text, place)
        if whole:
            place = whole.end()
        elif _BEGUN.match(text, place):
            break
        else:
            place += 1
            if text[place - 1] == ";":
                found.append(text[start:place].strip())
                start = place
    return found, text[start:].lstrip()
