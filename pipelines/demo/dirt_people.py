"""Faults in who is who: new ids for old people, names written otherwise, lists that break off, open ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import numpy as np

from pipelines.demo.sheets import CORRECTED, LINKED, MAPPED, REFUSED, Ledger, Sheet


def return_under_new_ids(
    employees: Sheet,
    jobs: Sheet,
    histories: dict[str, list[int]],
    links: Sheet,
    ledger: Ledger,
    rng: np.random.Generator,
) -> None:
    """Some who come back get a new id; a link says whom it stands for."""
    back = [token for token, row in jobs.rows.items() if row["event"] == "rehire"]
    taken = {row["employee_id"] for row in employees.rows.values()}
    persons = {row["employee_id"]: token for token, row in employees.rows.items()}
    width = len(next(iter(taken)))
    for token in jobs.choose(rng, 0.001, 4, back):
        old = jobs.rows[token]["employee_id"]
        new = next(i for i in (str(n).zfill(width) for n in rng.integers(10**width, size=100)) if i not in taken)
        taken.add(new)
        links.add({"source": jobs.source, "person": new, "employee_id": old})
        for later in histories[old][histories[old].index(token) :]:
            jobs.rows[later]["employee_id"] = new
            jobs.touched.add(later)
            ledger.note("rehire_with_new_id", LINKED, jobs, later, "employee_id", old)
        added = employees.add({**employees.rows[persons[old]], "employee_id": new})
        ledger.note("rehire_with_new_id", LINKED, employees, added, "employee_id", old)
        employees.touched.add(persons[old])


def use_sentinels(sheets: dict[str, Sheet], ledger: Ledger, rng: np.random.Generator) -> None:
    """Write dates that stand for none where a mentorship or an opening has no end."""
    for name, column, written in (("mentorships", "ended_on", "9999-12-31"), ("openings", "filled_on", "1900-01-01")):
        sheet = sheets[name]
        for token in sheet.choose(rng, 0.01, 4, [t for t, row in sheet.rows.items() if not row[column]]):
            sheet.rows[token][column] = written
            ledger.note("sentinel_date", MAPPED, sheet, token, column)


def vary_names(employees: Sheet, ledger: Ledger, rng: np.random.Generator) -> Iterator[Sheet]:
    """Names written otherwise, put right by the next list of all employees; and a list that breaks off half-way."""
    mended = Sheet("hris", "employees_2", employees.columns, {t: dict(row) for t, row in employees.rows.items()})
    cut = Sheet("hris", "employees_3", employees.columns)
    cut.rows = dict(list(mended.rows.items())[: len(mended.rows) // 2])
    variants: tuple[Callable[[str], str], ...] = (
        str.upper,
        lambda name: ", ".join(reversed(name.split(" ", 1))),
        lambda name: name.replace(" ", "  "),
        lambda name: unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode(),
    )
    for number, token in enumerate(employees.choose(rng, 0.02, 8)):
        row = employees.rows[token]
        meant = row["full_name"]
        row["full_name"] = variants[number % len(variants)](meant)
        if row["full_name"] != meant:
            ledger.note("name_variant", CORRECTED, employees, token, "full_name", meant)
    ledger.note("truncated_resent_or_trailer", REFUSED, cut, None, note="half of the rows of the list before")
    yield from (mended, cut)
