"""A look at a file's bytes finds every character for which values have to be looked at one by one."""

import re
import sys
import unicodedata
from pathlib import Path

import pytest

from pipelines.connectors.delivery import SourceFile
from pipelines.feeds.model import INVISIBLE
from pipelines.landing import Limits
from pipelines.landing.receive import Trimming, readable_text

HEADER = "employee_id,full_name\n"
NO_SURROGATES = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def trimming(tmp_path: Path, text: str) -> Trimming:
    file = tmp_path / "employees.csv"
    file.write_text(text, encoding="utf-8")
    return readable_text(file, SourceFile(file.name, file, "csv"), tmp_path, Limits()).trimming


def is_odd(character: str) -> bool:
    """Whether it is a blank, or seen by nobody, or not its own composed form, or composed with what stands before."""
    if unicodedata.category(character).startswith("Z") or re.match(f"[{INVISIBLE}]", character):
        return True
    return not unicodedata.is_normalized("NFC", character)


def second_parts() -> set[str]:
    found: set[str] = set()
    for whole in NO_SURROGATES:
        parts = unicodedata.decomposition(whole).split()
        if (
            len(parts) == 2
            and not parts[0].startswith("<")
            and unicodedata.normalize("NFC", unicodedata.normalize("NFD", whole)) == whole
        ):
            found.add(chr(int(parts[1], 16)))
    return found


def test_every_odd_character_is_found(tmp_path: Path) -> None:
    odd = {character for character in NO_SURROGATES if is_odd(character)} | second_parts()
    assert len(odd) > 1000
    missed = [hex(ord(one)) for one in sorted(odd) if trimming(tmp_path, f"{HEADER}1,Zoe{one}\n") != "odd"]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,Ann\n", "none"),
        ("1,Ann Lee\n", "plain"),
        ("1,Ann\tLee\n", "wide"),
        ("1,Zoë Ångström-Þórðarson\n", "wide"),
        ("1,Łukasz O\u2019Hara \u2013 Öztürk\n", "wide"),
        ("\ufeff1,Zoë\n", "wide"),
        ("1,Zoe\u0308\n", "odd"),
        ("1,Ann\u200b\n", "odd"),
        ('1,"Ann\\u200b"\n', "odd"),
    ],
)
def test_what_it_takes_to_trim(tmp_path: Path, text: str, expected: Trimming) -> None:
    assert trimming(tmp_path, text) == expected


def test_a_character_that_is_cut_in_two_by_reading_is_found(tmp_path: Path) -> None:
    for before in range(4):
        assert trimming(tmp_path, "x" * ((1 << 20) - before) + "\u200b\n") == "odd"
