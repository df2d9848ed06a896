"""Bytes become plain data with lines, or a problem; nothing else ever happens."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.crmsync.mappings.parse import LARGEST, Document, parse
from tests.mappings.files import CONTACTS


def read(raw: bytes, folder: Path) -> tuple[Document | None, list[str]]:
    path = folder / "things.yaml"
    path.write_bytes(raw)
    document, problems = parse(path)
    return document, [str(one) for one in problems]


@pytest.mark.parametrize("word", ["no", "Yes", "on", "2024-01-31", "1.5", "0x10", "1_000", "Null"])
def test_words_stay_words(word: str, tmp_path: Path) -> None:
    document, problems = read(f"{word}: {word}".encode(), tmp_path)
    assert problems == []
    assert document is not None
    assert document.data == {word: word}


def test_numbers_truth_and_nothing_are_read(tmp_path: Path) -> None:
    document, _ = read(b"a: 7\nb: true\nc: null\nd: ~\ne:\nf: -3", tmp_path)
    assert document is not None
    assert document.data == {"a": 7, "b": True, "c": None, "d": None, "e": None, "f": -3}


def test_every_part_knows_its_line(tmp_path: Path) -> None:
    document, _ = read(b"a:\n  - b: 1\n    c: [2,\n      3]\n", tmp_path)
    assert document is not None
    wanted = {("a", 0, "b"): 2, ("a", 0, "c"): 3, ("a", 0, "c", 1): 4, ("a", 0, "gone"): 2, (): 1}
    assert {where: document.line(where) for where in wanted} == wanted


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"# only a comment\n", b"---\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told_as_one(raw: bytes, tmp_path: Path) -> None:
    said = "things.yaml:1: the file is empty: map an object type"
    assert read(raw, tmp_path) == (None, [said])


def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    latin = "a: 1\nb: é\n".encode("latin-1")
    assert read(latin, tmp_path) == (
        None,
        ["things.yaml:2: not UTF-8: save the file in that encoding"],
    )


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    document, problems = read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", tmp_path)
    assert problems == []
    assert document is not None
    assert (document.data, document.line(("b",))) == ({"a": 1, "b": 2}, 2)


def test_a_bomb_of_aliases_is_never_built(tmp_path: Path) -> None:
    levels = "\n".join(f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 40))
    document, problems = read(f"l0: &l0 x\n{levels}".encode(), tmp_path)
    assert document is None
    assert problems[0].startswith("things.yaml:1: anchors and aliases")


def test_bottomless_nesting_is_told_not_suffered(tmp_path: Path) -> None:
    document, problems = read(b"a: " + b"[" * 100_000, tmp_path)
    assert document is None
    assert problems == ["things.yaml:1: nested more than 8 levels deep: this is no mapping"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    _, [problem] = read(b"a" * (LARGEST + 1), tmp_path)
    assert problem.startswith("things.yaml:1: the file has more than 1,000,000 bytes")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_the_bytes_there_is_data_or_a_problem(raw: bytes, tmp_path: Path) -> None:
    document, problems = read(raw, tmp_path)
    assert document is not None or problems


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(CONTACTS)), junk=st.text("{}[]:,&*!|>'\"%@`#-? \n\tab", max_size=4))
def test_a_slip_of_the_keyboard_is_data_or_a_problem(at: int, junk: str, tmp_path: Path) -> None:
    document, problems = read((CONTACTS[:at] + junk + CONTACTS[at:]).encode(), tmp_path)
    assert document is not None or problems
