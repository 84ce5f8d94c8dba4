"""The golden records over several deliveries, in every format and mode, built in turn: all tables end the same."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.landing import Refusal, SourceOptions
from tests.integration import exports
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, Content, assert_same, content, copied
from tests.integration.landed_build import EXPORTS, LandedBuild

AS_OF = date.fromisoformat(GOLDEN_AS_OF)


@pytest.fixture(scope="module")
def wanted(golden_data: Path) -> Content:
    """What is published but for the two tables that a publish copies into the summary."""
    by_publish = ("summary.main.dim_sites", "summary.main.dim_tiers")
    return {table: rows for table, rows in content(golden_data).items() if table not in by_publish}


def landed(drop: Path, build: LandedBuild, options: SourceOptions = EXPORTS) -> None:
    """Land what is new, none of which may be refused."""
    refused: Sequence[Refusal] = [one for one in build.land(drop, options) if isinstance(one, Refusal)]
    assert refused == []


def taken_in(drop: Path, build: LandedBuild, options: SourceOptions = EXPORTS) -> LandedBuild:
    """Land what is new, and build everything."""
    landed(drop, build, options)
    return build.build()


def test_deliveries_over_several_days_come_to_the_same_as_one(tmp_path: Path, wanted: Content) -> None:
    """Files come in three rounds, each built, while the day moves on; a feed in two has nothing in the last.

    Their rows are in no order; each file has another format; the second round repeats the first in other formats.
    """
    drop, build = tmp_path / "exports", LandedBuild(tmp_path / "data", AS_OF)
    drop.mkdir()
    formats = itertools.cycle(exports.FORMATS.items())

    def write(name: str, rows: list[exports.Row]) -> None:
        end, write_rows = next(formats)
        if rows:
            write_rows(drop / f"{name}.{end}", rows)

    parts = 6
    for step, (as_of, arriving) in enumerate((("2024-12-31", {0, 1}), ("2025-03-31", {2, 3}), (GOLDEN_AS_OF, {4, 5}))):
        for number, feed in enumerate(exports.FEED_NAMES):
            rows = exports.golden_rows(feed)
            random.Random(feed).shuffle(rows)
            first = {0, 1} if number % 2 else set(range(parts))
            for part in arriving if number % 2 else (first if step == 0 else ()):
                write(f"{feed}-{part}", rows[part::parts])
            if step == 1:
                write(f"{feed}-again", [row for n, row in enumerate(rows) if n % parts in first][::-1])
        if step == 1:
            shutil.copy(GOLDEN / "feeds" / "completions.csv", drop / "completions_again.csv")
        taken_in(drop, replace(build, as_of_on=date.fromisoformat(as_of)))
    assert {end for end in exports.FORMATS if list(drop.glob(f"*-?.{end}"))} == set(exports.FORMATS)

    assert_same(build.content(), wanted)


def test_other_values_and_phantoms_that_are_taken_back_leave_no_trace(
    changed_data: Path, tmp_path: Path, wanted: Content
) -> None:
    """A, then B with other values and further records, then A again: once more with phantoms in the mode that takes
    its file for all there is, then without them.

    Last, with the build folder gone, everything is built anew from all batches at once.
    """
    drop, build = tmp_path / "exports", LandedBuild(copied(changed_data, tmp_path / "data"), AS_OF)
    options = SourceOptions("exports", modes=exports.MODES)
    with pytest.raises(AssertionError):
        assert_same(build.content(), wanted)

    for feed in exports.FEED_NAMES:
        exports.write_csv(drop / f"{feed}_1.csv", [*exports.phantoms(feed), *exports.golden_rows(feed)])
    landed(drop, build, options)
    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        if exports.MODES.get(feed) == "by_employee":
            people = sorted({row["employee_id"] for row in rows})
            for part in range(2):
                some = [row for row in rows if row["employee_id"] in people[part::2]]
                exports.write_csv(drop / f"{feed}_{2 + part}.csv", some)
        else:
            exports.write_csv(drop / f"{feed}_2.csv", rows)
    taken_in(drop, build, options)
    assert build.query("select is_full from build.control.run") == [(False,)]
    assert_same(build.content(), wanted)

    shutil.rmtree(build.folder)
    taken_in(drop, build, options)
    assert_same(build.content(), wanted)
