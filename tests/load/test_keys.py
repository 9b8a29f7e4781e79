"""The documented keys are the ones that are written."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from load.clean_tables import compute
from load.keys import client_key, conversation_key, message_key, organization_key

ORGANIZATION = uuid.UUID("8ffef617-5216-403e-9633-224a13d70670")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.uuids())
def test_duckdb_makes_the_same_uuid5_as_python(name: str, namespace: uuid.UUID) -> None:
    with compute("crm") as duck:
        rows = duck.execute("select uuid5($namespace, $name)", {"namespace": str(namespace), "name": name}).fetchall()
    # PostgreSQL takes a uuid without hyphens too
    assert rows == [(uuid.uuid5(namespace, name).hex,)]


def test_the_recipe_does_not_change() -> None:
    assert str(client_key(ORGANIZATION, "+996555123456")) == "19bc6540-5ece-51b7-8628-befa24a2f58d"
    assert str(conversation_key(ORGANIZATION, "+996555123456", "WHATSAPP")) == "5de1ec97-79d3-57ba-b18c-bcc0c489fa87"
    assert (
        str(message_key(ORGANIZATION, "+996555123456", "INCOMING", "3EB0A1B2C3D4E5F60718"))
        == "34c60412-5ca0-5e78-b2a0-8d0b095cf5c8"
    )
    assert str(organization_key("soul-kg")) == "1dceb574-14f8-52c6-85fd-cf822f74555d"
