"""Where records begin: agrees with a plain reader on everything well-formed, and sees what is not."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing import records
from pipelines.landing.records import csv_records, json_array_lines, line_records

FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = st.text(alphabet='ab ,"\n;', max_size=6)


@pytest.fixture(autouse=True, params=[7, 64, 1 << 24], ids="block{}".format)
def _block_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few bytes: every record straddles one."""
    monkeypatch.setattr(records, "_BLOCK", request.param)


@FAST
@given(rows=st.lists(st.lists(FIELDS, min_size=2, max_size=3), max_size=8), is_crlf=st.booleans(), ends=st.booleans())
def test_well_formed_csv(tmp_path: Path, rows: list[list[str]], is_crlf: bool, ends: bool) -> None:
    rows = [[field.replace("\n", "\r\n") if is_crlf else field for field in row] for row in rows]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n" if is_crlf else "\n", quoting=csv.QUOTE_MINIMAL)
    starts: list[int] = []
    for row in rows:
        starts.append(stream.tell())
        # a blank before a quote is a matter of taste between readers
        writer.writerow([field.strip(" ") for field in row])
    text = stream.getvalue()
    path = tmp_path / "x.csv"
    path.write_bytes((text if ends else text.rstrip("\r\n")).encode())
    found = csv_records(path, ",")
    assert found.offsets.tolist() == starts
    assert found.lines.tolist() == [1 + text[:start].count("\n") for start in starts]
    assert not found.is_open
    if rows:
        assert int(found.line_spans().sum()) == path.read_bytes().count(b"\n") + (not path.read_bytes().endswith(b"\n"))


@pytest.mark.parametrize(
    ("text", "lines", "is_open"),
    [
        ('a,b\n1,5" pipe\n2,x"\n3,y\n', [1, 2, 3, 4], False),
        ('a,b\n1,"x"y\n2,z\n', [1, 2, 3], False),
        ('a,b\n1,"open\n2,z\n', [1, 2], True),
        ('a,b\n1, "q\nr",x\n2,z\n', [1, 2, 4], False),
        ("a\n\n\r\n1\n \n", [1, 4, 5], False),
        ("", [], False),
        ("\n\n", [], False),
    ],
)
def test_odd_csv(tmp_path: Path, text: str, lines: list[int], is_open: bool) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode())
    found = csv_records(path, ",")
    assert (found.lines.tolist(), found.is_open) == (lines, is_open)


def test_lines_of_blank_and_indented_records(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'\n {"a": 1}\n \t\r\n{"a": 2}\r\n\n\n{"a": 3}')
    assert line_records(path).lines.tolist() == [2, 4, 7]


VALUES = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(alphabet='ab\\"[]{},\n', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='a"\\,', max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@FAST
@given(
    elements=st.lists(VALUES, max_size=6),
    indent=st.sampled_from([None, 0, 2]),
    blank=st.sampled_from(["", "\n", " \n "]),
)
def test_elements_of_a_json_array(tmp_path: Path, elements: list[Any], indent: int | None, blank: str) -> None:
    texts = [json.dumps(element, indent=indent) for element in elements]
    text, lines = blank + "[" + blank, []
    for number, element in enumerate(texts):
        text += ("," + blank if number else "") + blank
        lines.append(1 + text.count("\n"))
        text += element + blank
    path = tmp_path / "x.json"
    path.write_text(text + "]" + blank)
    assert json_array_lines(path).tolist() == lines
