"""Where one typed statement ends."""

import pytest

from load.sql_text import split_statements


@pytest.mark.parametrize(
    ("text", "whole", "begun"),
    [
        ("select 1;", ["select 1;"], ""),
        ("select 1; select 2", ["select 1;"], "select 2"),
        ("select 'a;b'; select\n2;\n", ["select 'a;b';", "select\n2;"], ""),
        ("select 'it''s; ';", ["select 'it''s; ';"], ""),
        (r"select E'a\'; b'; x", [r"select E'a\'; b';"], "x"),
        (r"select E'a\'; b", [], r"select E'a\'; b"),
        (r"select 'a\'; b", [r"select 'a\';"], "b"),
        ("select ';", [], "select ';"),
        ('select ";";', ['select ";";'], ""),
        ("do $$ begin; end $$; x", ["do $$ begin; end $$;"], "x"),
        ("do $a$ $$ ; $$ ; $a$;", ["do $a$ $$ ; $$ ; $a$;"], ""),
        ("do $a$ ;", [], "do $a$ ;"),
        ("select a$1;$", ["select a$1;"], "$"),
        ("select 1 -- no; end\n;", ["select 1 -- no; end\n;"], ""),
        ("/* ; */ select 1;", ["/* ; */ select 1;"], ""),
        ("/* ;", [], "/* ;"),
        (";;", [";", ";"], ""),
        ("", [], ""),
    ],
)
def test_a_semicolon_ends_a_statement_only_where_postgresql_thinks_so(text: str, whole: list[str], begun: str) -> None:
    assert split_statements(text) == (whole, begun)
