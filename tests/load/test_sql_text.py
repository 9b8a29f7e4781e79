"""Where one typed statement ends."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.sql_text import Statements, split_statements


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
        # comments are nested: what stands in the outer one must not run
        ("/* /* */ delete from a; */ select 1;", ["/* /* */ delete from a; */ select 1;"], ""),
        ("/* /* */ ;", [], "/* /* */ ;"),
        ("do also (insert into a; delete from b); x", ["do also (insert into a; delete from b);"], "x"),
        ("select ')'; (;", ["select ')';"], "(;"),
        (
            "create function f() returns int begin atomic select case when a then 1 end; end; x",
            ["create function f() returns int begin atomic select case when a then 1 end; end;"],
            "x",
        ),
        (
            "create or replace procedure p() begin atomic delete from a;",
            [],
            "create or replace procedure p() begin atomic delete from a;",
        ),
        ("begin; delete from a; end; x", ["begin;", "delete from a;", "end;"], "x"),
        ("create table a (b int); begin; end;", ["create table a (b int);", "begin;", "end;"], ""),
        (";;", [";", ";"], ""),
        ("", [], ""),
    ],
)
def test_a_semicolon_ends_a_statement_only_where_postgresql_thinks_so(text: str, whole: list[str], begun: str) -> None:
    assert split_statements(text) == (whole, begun)


PIECES = [*"a;('\"$-/*\n\\)eE1", "begin ", "end ", "create function "]


@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_text_that_comes_in_pieces_is_taken_apart_as_in_one(text: str) -> None:
    """Lines end a comment of their kind, so that pieces are lines."""
    pieces = Statements()
    whole = [statement for line in text.splitlines(keepends=True) for statement in pieces.add(line)]

    assert (whole, pieces.begun.lstrip()) == split_statements(text)


def test_a_long_statement_is_not_read_again_with_every_line() -> None:
    typed, begun = Statements(), time.monotonic()
    for place in range(20_000):
        assert not list(typed.add(f"({place}, 'a; b'),\n"))

    assert time.monotonic() - begun < 30  # it was minutes
