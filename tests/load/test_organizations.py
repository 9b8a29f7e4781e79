"""Making, listing and finding organisations."""

import uuid

import psycopg
import pytest

from load.database import connect
from load.keys import organization_key
from load.organizations import create_organization, find_organization, list_organizations, slug_of
from schemas.errors import ExitCode, UserError
from tests.load.conftest import ORGANIZATION


def test_the_same_organization_again_is_already_there(connection: psycopg.Connection) -> None:
    for key, slug in ((ORGANIZATION, None), (None, None), (None, "soul-kg"), (ORGANIZATION, "soul-kg")):
        result = create_organization(connection, "Soul  KG", id=key, slug=slug)
        assert (result.organization.id, result.created) == (ORGANIZATION, False)
    assert len(list_organizations(connection)) == 1


def test_an_organization_without_id_has_the_same_one_in_every_database(connection: psycopg.Connection) -> None:
    result = create_organization(connection, "Душа Кыргызстана", id=None, slug=None)
    assert result.created
    assert result.organization.slug == "dusha-kyrgyzstana"
    assert result.organization.id == organization_key("dusha-kyrgyzstana")
    assert find_organization(connection, "dusha-kyrgyzstana") == result.organization
    assert find_organization(connection, str(result.organization.id).upper()) == result.organization


@pytest.mark.parametrize(
    ("name", "key", "slug"),
    [
        ("Soul KG", uuid.UUID(int=7), None),
        ("Other", ORGANIZATION, None),
        ("soul kg!", None, None),
        ("Soul KG", ORGANIZATION, "other"),
    ],
)
def test_an_id_or_slug_that_another_one_has_is_refused(
    connection: psycopg.Connection, name: str, key: uuid.UUID | None, slug: str | None
) -> None:
    with pytest.raises(UserError, match="Another organisation") as raised:
        create_organization(connection, name, id=key, slug=slug)
    assert raised.value.exit_code is ExitCode.CONFIGURATION


@pytest.mark.parametrize(
    ("name", "slug"), [("", None), ("  ", None), ("旅行", None), ("Soul", "Soul KG"), ("Soul", ""), ("a\0b", None)]
)
def test_a_name_or_slug_that_cannot_be_used_is_a_usage_error(
    connection: psycopg.Connection, name: str, slug: str | None
) -> None:
    with pytest.raises(UserError) as raised:
        create_organization(connection, name, id=None, slug=slug)
    assert raised.value.exit_code is ExitCode.USAGE


def test_an_unknown_organization_is_a_configuration_error(connection: psycopg.Connection) -> None:
    for wanted in ("nobody", str(uuid.UUID(int=1)), "", "soul-kg'; drop table clients; --"):
        with pytest.raises(UserError, match="no organisation") as raised:
            find_organization(connection, wanted)
        assert raised.value.exit_code is ExitCode.CONFIGURATION


def test_a_database_that_is_not_migrated_is_said_to_be_so(empty_database: str) -> None:
    with connect(empty_database) as connection, pytest.raises(UserError) as raised:
        list_organizations(connection)
    assert raised.value.hint == "run: wa2pg db migrate"
    assert raised.value.exit_code is ExitCode.DATABASE


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Soul KG", "soul-kg"),
        ("Щедрый Жайлоо Өмүр №1", "shchedryi-zhailoo-omur-no1"),
        ("Café — Zürich!", "cafe-zurich"),
        ("-" * 80 + "x" * 80, "x" * 63),
    ],
)
def test_a_slug_is_made_of_the_letters_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
