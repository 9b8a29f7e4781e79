"""WA2PG_LANGUAGES: which languages a company's clients write."""

import pytest

from schemas.errors import ExitCode, UserError
from schemas.settings import parse_languages, read_settings


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("ru:4,ky:3,en:3", {"ru": 4, "ky": 3, "en": 3}),
        (" RU : 0.5 , ky ", {"ru": 0.5, "ky": 1}),
        ("other:2", {"other": 2}),
    ],
)
def test_weights_by_language(text: str, weights: dict[str, float]) -> None:
    assert parse_languages(text) == weights


@pytest.mark.parametrize(
    "text", ["xx", "ru:-1", "ru:0", "ru:nan", "ru:inf", "ru:many", "ru,ru", "ru:1;ky:2", "ru:1:2", ",", "ru,"]
)
def test_what_is_no_language_or_no_weight_is_refused_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WA2PG_LANGUAGES", text)
    with pytest.raises(UserError) as error:
        read_settings()
    assert error.value.exit_code == ExitCode.CONFIGURATION
    assert "WA2PG_LANGUAGES" in error.value.message
    assert text not in error.value.message


def test_without_the_setting_all_languages_weigh_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().languages == {}
    monkeypatch.setenv("WA2PG_LANGUAGES", "")
    assert read_settings().languages == {}
