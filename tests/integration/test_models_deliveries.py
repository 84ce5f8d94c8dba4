"""The golden records over several deliveries, in every mode, landed and built in turn: all tables end the same."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.feeds import FEEDS
from pipelines.landing import Refusal, SourceOptions
from pipelines.landing.options import Mode
from tests.integration import exports
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, Content, assert_same, content
from tests.integration.landed_build import EXPORTS, LandedBuild

AS_OF = date.fromisoformat(GOLDEN_AS_OF)


@pytest.fixture(scope="module")
def wanted(golden_data: Path) -> Content:
    """What is published but for the two tables that a publish copies into the summary."""
    copied = ("summary.main.dim_sites", "summary.main.dim_tiers")
    return {table: rows for table, rows in content(golden_data).items() if table not in copied}


def taken_in(drop: Path, build: LandedBuild, options: SourceOptions = EXPORTS) -> LandedBuild:
    """Land what is new, none of which may be refused, and build everything."""
    refused: Sequence[Refusal] = [one for one in build.land(drop, options) if isinstance(one, Refusal)]
    assert refused == []
    return build.build()


def test_deliveries_over_several_days_come_to_the_same_as_one(tmp_path: Path, wanted: Content) -> None:
    """Files come in three rounds, each built, while the day moves on; a feed in two has nothing in the last."""
    drop, build = tmp_path / "exports", LandedBuild(tmp_path / "data", AS_OF)
    parts = 6
    for step, (as_of, arriving) in enumerate((("2024-12-31", {0, 1}), ("2025-03-31", {2, 3}), (GOLDEN_AS_OF, {4, 5}))):
        for number, feed in enumerate(exports.FEED_NAMES):
            rows = exports.golden_rows(feed)
            random.Random(feed).shuffle(rows)
            for part in arriving if number % 2 else {part for part in range(parts) if step == 0}:
                if some := rows[part::parts]:
                    exports.write_csv(drop / f"{feed}_{part}.csv", some)
        if step == 1:
            shutil.copy(GOLDEN / "feeds" / "completions.csv", drop / "completions_again.csv")
        taken_in(drop, replace(build, as_of_on=date.fromisoformat(as_of)))

    assert_same(build.content(), wanted)


SNAPSHOTS = {"employees", "exam_attempts", "exit_interviews", "mentorships", "sites", "skills", "job_tiers"} | {
    feed for feed in exports.FEED_NAMES if FEEDS[feed].group == "program" and feed not in {"program_costs", "tiers"}
}
WINDOWS = {"evaluations", "completions", "program_costs"}
BY_EMPLOYEE = {"job_history", "credentials", "ce_credits", "rewards"}
PHANTOM_SHARE = 0.1  # of a file's rows: more, and the snapshot without them would be refused as shrunk


def test_what_a_mode_takes_back_leaves_no_trace(tmp_path: Path, wanted: Content) -> None:
    """Phantom records come first; then what the mode of the feed takes for all there is, without them.

    Last, with the build folder gone, everything is built anew from all batches at once.
    """
    drop, build = tmp_path / "exports", LandedBuild(tmp_path / "data", AS_OF)
    modes: dict[str, Mode] = {
        **dict.fromkeys(sorted(SNAPSHOTS), "snapshot"),
        **dict.fromkeys(sorted(WINDOWS), "window"),
        **dict.fromkeys(sorted(BY_EMPLOYEE), "by_employee"),
    }
    options = SourceOptions("exports", modes=modes)

    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        extra = exports.phantoms(feed, rows, max(1, int(len(rows) * PHANTOM_SHARE))) if feed in modes else []
        exports.write_csv(drop / f"{feed}_1.csv", [*extra, *rows])
    taken_in(drop, build, options)
    with pytest.raises(AssertionError):
        assert_same(build.content(), wanted)

    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        if feed in BY_EMPLOYEE:
            people = sorted({row["employee_id"] for row in rows})
            for part in range(2):
                some = [row for row in rows if row["employee_id"] in people[part::2]]
                exports.write_csv(drop / f"{feed}_{2 + part}.csv", some)
        else:
            exports.write_csv(drop / f"{feed}_2.csv", rows)
    taken_in(drop, build, options)
    assert_same(build.content(), wanted)

    shutil.rmtree(build.folder)
    taken_in(drop, build, options)
    assert_same(build.content(), wanted)
