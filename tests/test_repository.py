"""The repository holds what its documents promise."""

import re
import tomllib
from pathlib import Path

import pytest

from schemas.settings import Settings
from schemas.version import VERSION
from tools.cli_reference import commands

ROOT = Path(__file__).parent.parent


def _locked() -> dict[str, str]:
    lock = (ROOT / "requirements.lock").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_lock_has_hashes_and_no_index_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()

    assert "://" not in lock
    assert "index" not in re.sub(r"#.*", "", lock)
    # a requirement is one line and the hashes that follow it
    for requirement in re.split(r"\n(?=[a-z])", lock.strip()):
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_lock_holds_every_dependency_of_the_project() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*document["project"]["dependencies"], *document["dependency-groups"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9-]", text)[0] for text in wanted}

    assert names <= _locked().keys()


def test_exactly_one_locked_distribution_owns_the_module_fasttext() -> None:
    owners = [name for name in _locked() if "fasttext" in name]

    assert owners == ["fasttext-community"]


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_every_command_is_in_the_reference(path: str) -> None:
    assert f"\n## {path}\n" in (ROOT / "docs/cli.md").read_text()


def test_every_command_and_option_explains_itself() -> None:
    for path, command in commands():
        assert command.help, path
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), f"{path} {parameter.name}"


def test_every_setting_is_in_the_example_with_a_line_that_explains_it() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [line.split("=")[0] for line in lines if re.match(r"[A-Z]", line)]

    assert sorted(named) == sorted(str(field.alias) for field in Settings.model_fields.values())
    for name in named:
        place = next(number for number, line in enumerate(lines) if line.startswith(f"{name}="))
        assert lines[place - 1].startswith("# "), name


def test_every_make_target_that_is_promised_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    promised = "setup demo test lint extract transform review load import audit org model chaos help"

    for target in promised.split():
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


def test_links_between_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_an_image_holds_nothing_that_the_repository_does_not() -> None:
    """The history, the keys of a linked phone and the settings with their secrets lie where COPY would take them."""
    left_out = {line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    private = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line}

    assert "COPY . ." in (ROOT / "deploy/Containerfile").read_text()
    assert {".git", ".env", "data", ".venv"} <= left_out
    assert private <= left_out


def test_what_the_system_says_of_an_error_is_said_in_the_language_in_force() -> None:
    english = [
        f"{path.relative_to(ROOT)}:{number}"
        for package in ("schemas", "extract", "transform", "load", "wa2pg")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name != "system_errors.py"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        # an error that is raised is told where it is caught
        if "strerror" in line and "raise OSError" not in line
    ]
    assert english == []
