"""The door to the demo organisation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.demo.columns import Tables
from pipelines.demo.credential_feeds import credential_feeds
from pipelines.demo.daily import daily_files
from pipelines.demo.dirt import write_dirty
from pipelines.demo.export import Export
from pipelines.demo.history import History
from pipelines.demo.job_feeds import job_feeds
from pipelines.demo.lms_feeds import lms_feeds
from pipelines.demo.parameters import Scenario
from pipelines.demo.program_feeds import program_feeds
from pipelines.demo.rosters import LIST_FEED, REPLACED, roster_files
from pipelines.demo.simulation import Simulation, simulate
from pipelines.demo.talent_feeds import talent_feeds
from pipelines.demo.truth import truth
from pipelines.demo.writing import write_csv, write_json
from pipelines.feeds import FEEDS

GROUPS = (job_feeds, talent_feeds, credential_feeds, lms_feeds, program_feeds)


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written: the folder, rows by feed of the clean exports, the planted truth, the number of faults."""

    folder: Path
    rows: dict[str, int]
    truth: dict[str, Any]
    faults: int = 0


def demo_tables(simulation: Simulation, *, groups: Collection[Any] = GROUPS) -> Tables:
    """The world with the program as clean feeds, in the contract's order and columns.

    Every feed but `roster`, which is for those who have no event history (see rosters.py). `groups` narrows it to
    some of the makers in GROUPS (job_feeds alone is the quickest).
    """
    export = Export(History(simulation.actual))
    made: Tables = {}
    for group in groups:
        made |= group(export)
    return {name: made[name] for name in FEEDS if name in made}


def write_demo(
    folder: Path,
    scenario: Scenario | None = None,
    *,
    dirty: bool = False,
    daily: int = 0,
    roster: bool = False,
) -> DemoSummary:
    """Write exports of a made-up pharmacy operator into `folder/exports`, and `truth.json` beside them.

    The history begins with what an HR system would hold that went live on its first day: who was there then stands
    in the job as it was, hired at a time that is not known; everybody after that comes with a hire. The same scenario
    gives the same bytes wherever the same versions of the libraries are installed (names come from faker).

    Args:
        folder: where to write; made when it is not there. Files of the same names are replaced.
        scenario: what world; None: the default one.
        dirty: plant every kind of dirt that real exports hold (see dirt.py): instead of `exports` one folder for
            each source, `rxladder.yml` with what their settings have to say, and `ledger.csv` with every planted fault.
        daily: write so many days of dated files, ending with scenario.end_on, instead of one file a feed.
        roster: write a weekly list of who is employed (see rosters.py) instead of employees and job_history.

    Raises:
        ValueError: `daily` is negative or longer than the history, or two of `dirty`, `daily` and `roster` are
            asked for together.
    """
    scenario = scenario or Scenario()
    if not 0 <= daily <= 365 * scenario.years:
        raise ValueError(f"daily must be between 0 and {365 * scenario.years} days, not {daily}")
    asked = [name for name, wanted in (("dirty", dirty), ("daily", daily), ("roster", roster)) if wanted]
    if len(asked) > 1:
        raise ValueError(f"{' and '.join(asked)} can't be combined; write a folder for each")
    simulation = simulate(scenario)
    tables = demo_tables(simulation)
    planted = truth(simulation)
    exports = folder / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    start_on, end_on = simulation.organisation.window_start, simulation.organisation.window_end
    rows = {name: table.num_rows for name, table in tables.items()}
    faults = 0
    if dirty:
        faults = write_dirty(folder, tables, seed=scenario.seed, end_on=end_on)
    elif daily:
        exports.mkdir(exist_ok=True)
        write_csv(daily_files(tables, exports, days=daily, end_on=end_on, seed=scenario.seed))
    elif roster:
        lists = roster_files(tables, exports, start_on=start_on, end_on=end_on)
        kept = {name: table for name, table in tables.items() if name not in REPLACED}
        exports.mkdir(exist_ok=True)
        write_csv(lists | {exports / f"{name}.csv": table for name, table in kept.items()})
        rows = {LIST_FEED: sum(table.num_rows for table in lists.values())} | {name: rows[name] for name in kept}
    else:
        exports.mkdir(exist_ok=True)
        write_csv({exports / f"{name}.csv": table for name, table in tables.items()})
    write_json(folder / "truth.json", planted)
    return DemoSummary(folder, rows, planted, faults)
