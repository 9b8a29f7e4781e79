"""What would be sent to a language model about one client: shown to whoever is to agree to it, and sent nowhere."""

import re
import shutil
from datetime import UTC, datetime

from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import private_umask
from schemas.progress import Progress, no_progress
from schemas.translation import _
from transform.addressbook import own_region
from transform.archive import read_archive
from transform.build import Job, build_tables
from transform.enrich import Reader
from transform.language import open_detector
from transform.llm.answers import NAME as ANSWERS
from transform.llm.answers import RememberedAnswers
from transform.llm.asking import Asker, Unsent
from transform.llm.options import ModelOptions
from transform.phones import phone_of
from transform.review import AppliedReview, read_review
from transform.run import SPILL, TransformOptions, as_utc
from transform.run_folder import open_run
from transform.status import RuleStatusDetector


def request_for(
    data: DataDir,
    account: str,
    options: TransformOptions,
    model: ModelOptions,
    phone: str,
    progress: Progress = no_progress,
) -> bytes:
    """The body of the request about the client with this number, byte for byte as it would be sent.

    The whole archive is read for it, because who is who and what he is called comes from all of it; no table is kept.
    Raises UserError as `transform` does, and (2) when nothing would be sent: no client has this number, the review file
    has settled his status, or the model has answered before.
    """
    started_at = datetime.now(UTC)
    as_of = as_utc(options.as_of or started_at)
    archive = read_archive(data.archive(account), progress=progress)
    region = (options.region or own_region(archive) or "").upper() or None
    asker = Asker(model, RememberedAnswers(data.cache), None)
    language = open_detector(options.languages, data.cache)
    reader = Reader(language, RuleStatusDetector(data.status_cues), as_of, options.languages, asker)
    clean = data.clean(account)
    with private_umask(), exclusive(clean, "transform"):
        found = read_review(data.review(account))
        review = AppliedReview(found) if found else None
        partial = open_run(clean, started_at)
        try:
            build_tables(Job(archive, as_of, region, reader, progress, review), partial, partial / SPILL)
        finally:
            language.close()
            shutil.rmtree(partial)
    body = asker.request_for(phone_of(re.sub(r"[^0-9]", "", phone), region) or "")
    if body is Unsent.SETTLED:
        raise UserError(
            _("Nothing would be sent about this client: the review file tells the status, or keeps the client out."),
            hint=_("choose a client whose status the review file leaves open"),
            exit_code=ExitCode.USAGE,
        )
    if body is Unsent.ANSWERED:
        raise UserError(
            _("Nothing would be sent about this client: the model answered about this conversation before."),
            hint=_("the answer is kept in {file} in the data directory", file=f"{data.cache.name}/{ANSWERS}"),
            exit_code=ExitCode.USAGE,
        )
    if not isinstance(body, bytes):
        raise UserError(
            _(
                "The account {account} has no client with this number, or none who had written by then.",
                account=account,
            ),
            hint=_("give it with + and the country code, as in the table of clients"),
            exit_code=ExitCode.USAGE,
        )
    return body
