"""The neonize that trusts the tests' server, made once for a session."""

from pathlib import Path

import pytest

from tests.whatsapp_server import prepared_neonize, why_not_prepared


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reason = why_not_prepared()
    if reason:
        pytest.skip(reason)
    return prepared_neonize(tmp_path_factory.mktemp("prepared"))
