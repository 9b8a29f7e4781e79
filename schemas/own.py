"""`archive/<account>/own.json`: what was said of the company's own addresses."""

import hashlib
from pathlib import Path

from pydantic import Field, ValidationError

from schemas.files import read_plain_file
from schemas.manifest import OWN, DamagedArchiveError, Own
from schemas.translation import _


class _OwnDocument(Own):
    """`check`: the first 16 hex digits of the sha256 of the document without it."""

    check: str | None = Field(default=None, pattern="^[0-9a-f]{16}$")


def own_document(own: Own) -> bytes:
    """The exact bytes of own.json."""
    return _written(own, hashlib.sha256(_written(own, None)).hexdigest()[:16])


def read_own_document(archive: Path) -> Own | None:
    """What is remembered of the account; None when nothing was said yet.

    Raises DamagedArchiveError when the file is not as it was written.
    """
    try:
        content = read_plain_file(archive / OWN)
        document = _OwnDocument.model_validate_json(content)
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise DamagedArchiveError(
            _("{file} of the account {account} cannot be read.", file=OWN, account=archive.name)
        ) from None
    own = Own(phone=document.phone, lid=document.lid)
    # files from before there was a check have none
    if content != (_written(own, None) if document.check is None else own_document(own)):
        raise DamagedArchiveError(
            _(
                "{file} of the account {account} was changed by something else than wa2pg.",
                file=OWN,
                account=archive.name,
            )
        )
    return own


def _written(own: Own, check: str | None) -> bytes:
    document = _OwnDocument(phone=own.phone, lid=own.lid, check=check)
    return document.model_dump_json(exclude=None if check else {"check"}).encode() + b"\n"
