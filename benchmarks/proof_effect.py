"""The estimated effect against the planted one, over simulated organisations; the table is in results/effect.md.

    python -m benchmarks.proof_effect [--runs 200] [--only "30 sites"]

Every organisation is simulated twice from the same random numbers, with its program and without: the truth is the
difference in events per treated person-year. Beside the estimate stand two oracles and the naive reading. `twin` is an
oracle that has, for every site and month, the events of the same site without the program, and compares Poisson
counts; `known` also knows their rate exactly, so that only chance in the treated events is left. `naive` is the rate
after less the rate before at the sites that started, with a normal interval. An organisation that is not estimated
counts as a miss: the smallest organisation here is the smallest that is estimated at all. Runs are kept in the folder
for temporary files, so that a stopped proof goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines import causal, demo
from pipelines.demo.history import History
from pipelines.demo.truth import site_months

RESULTS = Path(__file__).with_name("results") / "effect.md"
WORLDS: Mapping[str, Mapping[str, Any]] = {
    "24 sites": {"sites": 24},
    "30 sites": {"sites": 30},
    "30 sites, quits fall 10 % a year": {"sites": 30, "yearly_trend": -0.10},
    "120 sites": {"sites": 120},
}
RATIOS = (1.0, 0.75)
OUTCOMES = {"voluntary_turnover": ("voluntary", "person_years"), "promotion": ("promotions", "all_person_years")}
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Run:
    """One outcome of one organisation; rates per treated person-year, `estimate` None when not estimable."""

    outcome: str
    truth: float
    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    twin_width: float
    known_width: float
    naive: float
    naive_margin: float


def panel(months: Mapping[str, Any], events: str, years: str) -> causal.Panel:
    """The panel of one outcome from the months that the demo counts."""
    sites = int(months["site"].max()) + 1
    start = np.full(sites, causal.NEVER)
    np.minimum.at(start, months["site"], np.where(months["is_treated"], months["month"], causal.NEVER))
    treated = np.where(months["is_treated"], months[years], 0.0)
    return causal.Panel(
        months["site"], months["month"], start[months["site"]], months[years], treated, months[events].astype(float)
    )


def simulated(world: Mapping[str, Any], ratio: float, seed: int) -> Iterator[Run]:
    """Simulate one organisation, estimate both outcomes."""
    simulation = demo.simulate(demo.Scenario(**world, years=4, seed=seed, effect=ratio))
    months = site_months(History(simulation.actual))
    truth = demo.truth(simulation)["program"]
    for outcome, columns in OUTCOMES.items():
        found, planted = panel(months, *columns), truth[outcome]
        effect = causal.staggered_effect(found)
        years, with_program = planted["treated_person_years"], planted["events_with_program"]
        ever = np.isin(found.site, found.site[found.start < causal.NEVER])
        after = ever & (found.treated_person_years > 0)
        counts = np.array([found.events[after].sum(), found.events[ever & ~after].sum()])
        times = np.array([found.person_years[after].sum(), found.person_years[ever & ~after].sum()])
        yield Run(
            outcome,
            planted["difference_per_person_year"],
            effect.estimate,
            effect.low,
            effect.high,
            effect.p_value,
            twin_width=2 * Z * float(np.sqrt(with_program + planted["events_without_program"])) / years,
            known_width=2 * Z * float(np.sqrt(with_program)) / years,
            naive=float(counts[0] / times[0] - counts[1] / times[1]),
            naive_margin=Z * float(np.sqrt((counts / times**2).sum())),
        )


def runs(name: str, ratio: float, count: int, kept: dict[str, list[Run]], file: Path) -> Iterator[Run]:
    """Yield the runs of seeds 1 to `count`, from `kept` where they are, else simulated and put into `file`."""
    for seed in range(1, count + 1):
        key = f"{name}/{ratio}/{seed}"
        if key not in kept:
            kept[key] = list(simulated(WORLDS[name], ratio, seed))
            with file.open("a", encoding="utf-8") as target:
                target.write(json.dumps([key, [asdict(run) for run in kept[key]]]) + "\n")
        yield from kept[key]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a set of runs comes to; shares of all runs, widths as medians over the estimated ones."""

    runs: int
    estimable: float
    coverage: float
    rejected: float
    bias: float
    twin_ratio: float
    known_ratio: float
    naive_coverage: float
    naive_rejected: float


def summary(found: list[Run]) -> Summary:
    """Summarise the runs of one outcome."""
    estimated = [run for run in found if run.estimate is not None]
    low, high, p_value, truth, estimate = (
        np.array([getattr(run, name) for run in estimated], float)
        for name in ("low", "high", "p_value", "truth", "estimate")
    )
    naive, margin, planted = (
        np.array([getattr(run, name) for run in found]) for name in ("naive", "naive_margin", "truth")
    )
    return Summary(
        len(found),
        len(estimated) / len(found),
        float(((low <= truth) & (truth <= high)).sum()) / len(found),
        float((p_value < 0.05).sum()) / len(found),
        float((estimate - truth).mean()),
        float(np.median((high - low) / [run.twin_width for run in estimated])),
        float(np.median((high - low) / [run.known_width for run in estimated])),
        float((np.abs(naive - planted) <= margin).mean()),
        float((np.abs(naive) > margin).mean()),
    )


def table(count: int, names: list[str]) -> dict[tuple[str, str, float], Summary]:
    """Run what is missing and summarise by (world, outcome, hazard ratio)."""
    code = hashlib.sha256()
    for module in (causal, demo):
        for source in sorted(Path(str(module.__file__)).parent.glob("*.py")):
            code.update(source.read_bytes())
    file = Path(tempfile.gettempdir()) / f"rxladder-effect-{code.hexdigest()[:12]}.jsonl"
    kept: dict[str, list[Run]] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        key, rows = json.loads(line)
        kept[key] = [Run(**row) for row in rows]
    summaries: dict[tuple[str, str, float], Summary] = {}
    for name in names:
        for ratio in RATIOS:
            found = list(runs(name, ratio, count, kept, file))
            for outcome in OUTCOMES:
                summaries[name, outcome, ratio] = summary([run for run in found if run.outcome == outcome])
    return summaries


def markdown(summaries: Mapping[tuple[str, str, float], Summary]) -> str:
    """The table, widths in multiples of the oracles'."""
    head = (
        "| organisation, 4 years | outcome | hazard ratio | runs | estimable | coverage | rejects no effect | bias"
        " | width / twin | width / known | naive: coverage | naive: rejects |"
    )
    lines = [
        "Coverage: share of all organisations whose 95 % interval holds the planted effect. Widths: medians, in",
        "multiples of that of an oracle that has each site's counterfactual events (twin; the goal is 1.5), or their",
        "rate (known).",
        "",
        head,
        "|" + " --- |" * 12,
    ]
    for (name, outcome, ratio), row in summaries.items():
        lines.append(
            f"| {name} | {outcome} | {ratio} | {row.runs} | {row.estimable:.1%} | {row.coverage:.1%} |"
            f" {row.rejected:.1%} ({'false alarms' if ratio == 1 else 'power'}) | {row.bias:+.4f} |"
            f" {row.twin_ratio:.2f} | {row.known_ratio:.2f} | {row.naive_coverage:.1%} | {row.naive_rejected:.1%} |"
        )
    return "\n".join(lines) + "\n"


def prove(count: int = 200, names: list[str] | None = None) -> str:
    """Estimate, write the table, and hold it against what was promised."""
    summaries = table(count, names or list(WORLDS))
    text = markdown(summaries)
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    for (name, outcome, ratio), row in summaries.items():
        what = f"{name}, {outcome}, hazard ratio {ratio}"
        assert 0.90 <= row.coverage <= 0.99, f"{what}: coverage {row.coverage:.1%}"
        assert row.estimable >= 0.95, f"{what}: {row.estimable:.1%} estimable"
        assert ratio != 1 or row.rejected <= 0.07, f"{what}: {row.rejected:.1%} false alarms"
    coverage = [row.coverage for row in summaries.values()]
    alarms = [row.rejected for (_, _, ratio), row in summaries.items() if ratio == 1]
    return (
        f"{count} organisations of each of {len(summaries) // 2} kinds: coverage {min(coverage):.1%} to"
        f" {max(coverage):.1%}, false alarms up to {max(alarms):.1%}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--only", choices=WORLDS, action="append")
    chosen = parser.parse_args()
    print(prove(chosen.runs, chosen.only))
