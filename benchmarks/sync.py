"""Speed and size of a sync: the golden organisation, and one of 100,000 people beside a hand-written DuckDB script.

python -m benchmarks.sync [--folder FOLDER] [--employees 100000] [--completions 5000000] [--rounds 3]

Prints a table and keeps it in benchmarks/results/sync.md by commit. Run it on an idle machine. F is a sync of the
golden organisation, V what the large one takes beyond F. Both and the script take turns, V is compared with the script
of its own turn, and medians count: a machine that others share is by turns faster and slower. That the script made the
same tables is looked at (benchmarks/agreement.py). The readiness models alone (benchmarks/readiness.py) follow.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import make_data, readiness
from benchmarks.agreement import differing_tables
from benchmarks.measuring import AS_OF, RXLADDER, Measured, measure, sync

ROOT = Path(__file__).resolve().parents[1]


def main(folder: Path, employees: int, completions: int, rounds: int) -> None:
    """Measure everything and print it."""
    golden, exports, data = ROOT / "tests" / "golden" / "feeds", folder / "exports", folder / "data"
    make_data.make(exports, employees, completions)
    rows: list[tuple[str, str, str]] = []

    def add(what: str, measured: Measured, goal: str) -> float:
        if measured.code:
            raise SystemExit(f"{what} ended with {measured.code}:\n{measured.output}")
        rows.append((what, measured.summary(), goal))
        return measured.seconds

    add("rxladder --help", measure([RXLADDER, "--help"]), "< 0.5 s")
    golden_runs, scripts, large_runs = list[Measured](), list[Measured](), list[Measured]()
    for number in range(rounds):
        for made in (folder / "script", data):
            shutil.rmtree(made, ignore_errors=True)
        golden_runs.append(sync(golden, folder / f"golden{number}"))
        scripts.append(measure([sys.executable, "-m", "benchmarks.handwritten", exports, folder / "script", AS_OF]))
        large_runs.append(sync(exports, data))
    if differing := differing_tables(data, folder / "script"):
        raise SystemExit("the script does not do the same work:\n" + "\n".join(differing))
    fixed, script, large = (_median(runs) for runs in (golden_runs, scripts, large_runs))
    ratios = sorted(
        (of_large.seconds - of_golden.seconds) / of_script.seconds
        for of_golden, of_script, of_large in zip(golden_runs, scripts, large_runs, strict=True)
    )
    f = add(f"F: golden organisation (medians of {rounds} here and below)", fixed, "15 s, at most 25 s")
    rows += [(f"   {part}", "", "") for part in _time_line(fixed)]
    add("nothing new", sync(golden, folder / "golden0"), "<= 6 s")
    add("hand-written script", script, "")
    v = add("large organisation", large, "< 3 GB") - f
    rows += [(f"   {part}", "", "") for part in _time_line(large)]
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    rows.append(("V / hand-written", f"{ratios[len(ratios) // 2]:.2f} (of {each})", "<= 1.5"))
    make_data.make_delta(exports, employees, completions, 20_000)
    late = sync(exports, data)
    d = add("20,000 new completions", late, f"<= F + 0.15 V = {f + 0.15 * v:.1f} s")
    rows += [(f"   {part}", "", "") for part in _time_line(late)]
    rows.append(("   beyond F, of V", f"{(d - f) / v:.2f}", "<= 0.15"))
    shutil.rmtree(data)
    add(
        f"readiness models alone, {completions:,} evaluations and completions each",
        readiness.measured(folder / "readiness", employees, completions),
        "< 60 s, < 4 GB",
    )
    _report(rows, employees, completions)


def _median(runs: list[Measured]) -> Measured:
    """The run in the middle by its seconds, or one that failed."""
    return next((run for run in runs if run.code), sorted(runs, key=lambda run: run.seconds)[len(runs) // 2])


def _time_line(measured: Measured) -> list[str]:
    return [line.removeprefix("Time: ") for line in measured.output.splitlines() if line.startswith("Time: ")]


def _report(rows: list[tuple[str, str, str]], employees: int, completions: int) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    title = (
        f"## {commit.stdout.strip()}, {datetime.now(UTC):%Y-%m-%d}: {employees:,} employees,"
        f" {completions:,} assignments and completions, {os.cpu_count()} cores"
    )
    table = ["| what | measured | goal |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in rows)]
    text = "\n".join([title, "", *table, ""])
    print(text)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    with (results / "sync.md").open("a", encoding="utf-8") as target:
        target.write(text + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--employees", type=int, default=100_000)
    parser.add_argument("--completions", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    place = given.folder or Path(tempfile.mkdtemp(prefix="rxladder-bench-"))
    try:
        main(place, given.employees, given.completions, given.rounds)
    finally:
        if given.folder is None:
            shutil.rmtree(place)
