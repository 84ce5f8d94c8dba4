"""Files as spreadsheets and vendors make them: sheets, titles above the header, totals below, merged cells, errors,
formulas that were never calculated. Each ends in the right rows or is refused with a word that helps.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.landing import Batch
from tests.integration.cli import rxladder, said
from tests.integration.landing_kit import Drop, completions, quarantined, rows

HEADER = ("Completion ID", "Employee ID", "Course ID", "Completed On")
DONE = [(f"k{n}", f"{n:05d}", "PRIV", f"2026-01-{n:02d}") for n in range(1, 7)]


def workbook(fill: Callable[[Workbook, Worksheet], None], records: Sequence[Sequence[object]] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for record in records:
        sheet.append(list(record))
    fill(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _among_others(book: Workbook, sheet: Worksheet) -> None:
    sheet.title = "Read me"
    sheet.append(["Fill in the sheet of completions"])
    hidden = book.create_sheet("Old", 0)
    hidden.append(list(HEADER))
    hidden.append(["old", "00099", "PRIV", "2020-01-01"])
    hidden.sheet_state = "hidden"
    real = book.create_sheet("January")
    real.append(["Lakeside Pharmacy"])
    real.append(["Run on 2026-02-01"])
    real.append([])
    for record in (HEADER, *DONE[:2], (), DONE[2], ("Total: 3",)):
        real.append(list(record))


def test_the_sheet_that_fits_is_read_below_its_title_and_without_its_total(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.xlsx", workbook(_among_others))
    assert [one[0] for one in rows(batch, "completion_id")] == ["k1", "k2", "k3"]
    assert quarantined(batch)[0] == (9, "completion_id", "Total: 3", "the line is a total, no record")
    assert "Lakeside Pharmacy" in (batch.folder / "manifest.json").read_text(encoding="utf-8")


def test_a_workbook_in_which_no_sheet_fits_says_what_it_has(tmp_path: Path) -> None:
    def two(book: Workbook, sheet: Worksheet) -> None:
        sheet.title = "Notes"
        other = book.create_sheet("Data")
        other.append(["made by hand"])
        other.append(["Course ID", "Completed On", "Who"])

    reason = Drop(tmp_path).refusal("completions.xlsx", workbook(two)).reason
    assert "its visible sheets are 'Notes', 'Data'; 'Data' has Course ID, Completed On in row 2" in reason


def test_text_files_have_titles_and_totals_too(tmp_path: Path) -> None:
    lines = ["Lakeside Pharmacy", "Run 02/01/2026", "", ",".join(HEADER), *map(",".join, DONE[:2]), "", "Total: 2,,,"]
    batch = Drop(tmp_path).batch("completions.csv", "\n".join(lines) + "\n")
    assert batch.row_count == 2
    assert quarantined(batch)[0][:3] == (8, "completion_id", "Total: 2")


def test_a_grand_total_is_nobody_even_where_an_id_would_stand(tmp_path: Path) -> None:
    people = "".join(f"{n:05d},Person {n}\n" for n in range(5))
    batch = Drop(tmp_path).batch("roster_2026-03-01.csv", f"employee_id,full_name\n{people}Grand Total,5\n")
    assert (batch.row_count, batch.quarantined_count) == (5, 1)


def test_a_second_header_is_no_record_and_one_in_another_order_refuses_the_file(tmp_path: Path) -> None:
    lines = completions(good=30)
    drop = Drop(tmp_path)
    batch = drop.batch("completions_1.csv", lines + lines.splitlines()[0] + "\nm1,1,CR-A,2024-01-01,,,\n")
    assert (batch.row_count, batch.quarantined_count) == (31, 1)
    other = "employee_id,completion_id,course_id,completed_on,score,passed,hours\n1,m1,CR-A,2024-01-01,,,\n"
    refusal = drop.refusal("completions_2.csv", lines + other)
    assert refusal.fault.line == 32
    assert "in another order" in refusal.reason


def test_a_merged_range_is_its_value_in_every_row(tmp_path: Path) -> None:
    def merge(_: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("C5:C7")

    people = [(f"{n:05d}", f"Person {n}", {1: "S1", 4: "S2"}.get(n)) for n in range(1, 7)]
    content = workbook(merge, [("employee_id", "full_name", "site_id"), *people])
    batch = Drop(tmp_path).batch("roster_2026-03-01.xlsx", content)
    assert [site for (site,) in rows(batch, "site_id")] == ["S1"] * 3 + ["S2"] * 3


def test_errors_and_formulas_without_results_are_not_empty(tmp_path: Path) -> None:
    header = ("assignment_id", "employee_id", "course_id", "assigned_on", "due_on")
    due = [(f"a{n}", "1", "PRIV", "2026-01-01", "#N/A" if n < 2 else "2026-02-01") for n in range(30)]
    drop = Drop(tmp_path)
    batch = drop.batch("assignments.xlsx", workbook(lambda _, __: None, [header, *due[1:]]))
    assert batch.row_count == 28
    assert [one[:3] for one in quarantined(batch)] == [(2, "due_on", "#N/A")]
    formulas = [(*one[:3], "=DATE(2026,1,1)") for one in DONE]
    refusal = drop.refusal("completions.xlsx", workbook(lambda _, __: None, [HEADER, *formulas]))
    assert "6 formulas of its sheet 'Sheet' have no result, the first in D2. Open it" in refusal.reason


def _cell_far_away(_: Workbook, sheet: Worksheet) -> None:
    sheet["XFD1048576"] = "x"


def test_one_file_never_stops_the_others(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.put("assignments.xlsx", workbook(_cell_far_away, [("employee_id", "course_id", "assigned_on")]))
    drop.put("completions_1.csv", completions(good=3))
    drop.put("completions_2.csv.gz", gzip.compress(gzip.compress(completions().encode())))
    far, taken, twice = drop.land()
    assert isinstance(taken, Batch)
    assert "reaches to XFD1048576" in str(getattr(far, "reason", ""))
    assert "packed twice" in str(getattr(twice, "reason", ""))


@pytest.mark.parametrize("quoted", ["1", '"1,1"'])
def test_a_field_too_many_shifts_nothing_though_the_last_one_is_blank(tmp_path: Path, quoted: str) -> None:
    good = "".join(f"k{n},{quoted},PRIV,2026-01-01,\n" for n in range(30))
    header = "completion_id,employee_id,course_id,completed_on,hours\n"
    batch = Drop(tmp_path).batch("completions.csv", f"{header}{good}k99,9,Privacy, basics,2026-01-01,\n")
    assert batch.row_count == 30
    assert quarantined(batch) == [(32, None, None, "it has more fields than the header")]


def test_a_first_line_that_names_the_delimiter_and_a_byte_order_mark_are_no_records(tmp_path: Path) -> None:
    text = "sep=;\r\n" + completions(good=3).replace(",", ";").replace("\n", "\r\n")
    assert Drop(tmp_path).batch("completions.csv", text).row_count == 3
    (tmp_path / "json").mkdir()
    record = '{"completion_id": "k%d", "employee_id": "1", "course_id": "PRIV", "completed_on": "2026-01-01"}\n'
    assert Drop(tmp_path / "json").batch("completions.ndjson", "\ufeff" + record % 1 + record % 2).row_count == 2


def test_check_shows_control_characters_and_a_few_of_many_unknown_columns(tmp_path: Path) -> None:
    more = ",".join(f"extra{n}" for n in range(300))
    (tmp_path / "completions.csv").write_text(
        f"{','.join(HEADER)},\x1b[31mred,{more}\n{','.join(DONE[0])},1{',' * 300}\n", encoding="utf-8"
    )
    ended = rxladder("check", tmp_path, "--data", tmp_path / "data")
    assert "\x1b[31mred" not in said(ended)
    assert "\\x1b[31mred" in said(ended)
    assert "and 289 more" in said(ended)
