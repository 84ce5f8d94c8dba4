"""Interval formulas and survival figures against scipy, lifelines and a product-limit calculation step by step.

Twenty ladders of one tier each, side by side in one warehouse, stand for twenty organisations. Half of them have no
two spells of one length: lifelines shifts equal times at random.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from scipy.stats import binomtest, chi2

from tests.integration.dbt_harness import FakeBatch, FakeWarehouse, Row
from tests.integration.landed_build import SPANS

AS_OF = date(2024, 6, 30)
WATCHED_FROM = date(2023, 5, 27)
LADDERS = [f"L{n:02d}" for n in range(20)]
CODES = {"promoted": 1, "separated": 2, "other": 3}


@dataclass(frozen=True)
class Spell:
    """A spell in a ladder's tier."""

    ladder: str
    days: int
    outcome: str


def _spells() -> list[Spell]:
    rng = random.Random(11)
    spells = []
    for number, ladder in enumerate(LADDERS):
        lengths = rng.sample(range(1, 900), 50) if number % 2 else [rng.randrange(1, 200) * 4 for _ in range(50)]
        weights = [rng.random() + 0.2 for _ in range(4)]
        outcomes = rng.choices(("promoted", "separated", "other", "open"), weights, k=50)
        spells += [Spell(ladder, days, outcome) for days, outcome in zip(lengths, outcomes, strict=True)]
    return spells


def _job_rows(person: int, spell: Spell) -> list[Row]:
    """A hire and what ended the spell; an open one began `days` ago."""
    start = AS_OF - timedelta(days=spell.days - 1 + (0 if spell.outcome == "open" else 100))
    end = start + timedelta(days=spell.days)
    hire = {
        "employee_id": f"p{person}",
        "sequence": 0,
        "effective_on": start,
        "event": "hire",
        "job_code": spell.ladder,
    }
    change = hire | {"effective_on": end, "event": "job_change"}
    ending = {
        "promoted": [change | {"job_code": "UP"}],
        "other": [change | {"job_code": "DOWN"}],
        "separated": [hire | {"effective_on": end - timedelta(days=1), "sequence": 1, "event": "termination"}],
        "open": [],
    }
    return [hire, *ending[spell.outcome]]


def _built(folder: Path, control: Mapping[str, Sequence[Row]]) -> FakeWarehouse:
    ranks = {"DOWN": 0, "UP": 9} | dict.fromkeys(LADDERS, 5)
    warehouse = FakeWarehouse(folder, AS_OF, control)
    warehouse.add(
        FakeBatch(
            "tiers",
            [{"tier": t, "title": t, "track": "core", "rank": rank, "is_entry": True} for t, rank in ranks.items()],
        ),
        FakeBatch("job_tiers", [{"job_code": tier, "tier": tier} for tier in ranks]),
        FakeBatch("job_history", [row for n, spell in enumerate(_spells()) for row in _job_rows(n, spell)]),
    )
    warehouse.build("+tier_tenure", "+tier_tenure_curve", *SPANS)
    return warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> FakeWarehouse:
    return _built(tmp_path_factory.mktemp("statistics"), {})


@pytest.fixture(scope="module")
def late_warehouse(tmp_path_factory: pytest.TempPathFactory) -> FakeWarehouse:
    """The same, where people are watched from WATCHED_FROM only."""
    coverage = {"source": "hris", "feed": "job_history", "covers_from_on": WATCHED_FROM, "covers_through_on": AS_OF}
    return _built(tmp_path_factory.mktemp("late"), {"coverage": [coverage]})


def _curve(warehouse: FakeWarehouse, ladder: str, *columns: str) -> np.ndarray:
    found = warehouse.query(
        f"select days, {', '.join(columns)} from metrics.marts.tier_tenure_curve where tier = '{ladder}' order by days"
    )
    return np.array(found, dtype=float)


def _data(ladder: str) -> tuple[list[int], list[int]]:
    spells = [spell for spell in _spells() if spell.ladder == ladder]
    return [spell.days for spell in spells], [CODES.get(spell.outcome, 0) for spell in spells]


@pytest.mark.parametrize("ladder", LADDERS)
def test_incidences_agree_with_the_product_limit(warehouse: FakeWarehouse, ladder: str) -> None:
    days, codes = _data(ladder)
    curve = _curve(warehouse, ladder, "at_risk", "promoted_incidence", "separated_incidence", "other_incidence")
    in_tier, incidence = 1.0, dict.fromkeys(CODES.values(), 0.0)
    expected = []
    for time in sorted(set(days)):
        at_risk = sum(length >= time for length in days)
        ended = {k: sum(d == time and c == k for d, c in zip(days, codes, strict=True)) for k in incidence}
        for k, count in ended.items():
            incidence[k] += in_tier * count / at_risk
        in_tier *= 1 - sum(ended.values()) / at_risk
        expected.append([time, at_risk, *incidence.values()])
    np.testing.assert_allclose(curve, expected, atol=1e-12)


@pytest.mark.parametrize("ladder", LADDERS)
def test_kaplan_meier_and_its_interval_agree_with_lifelines(warehouse: FakeWarehouse, ladder: str) -> None:
    days, codes = _data(ladder)
    fitter = KaplanMeierFitter().fit(days, [code == CODES["promoted"] for code in codes])
    name = "not_promoted_if_nobody_left"
    curve = _curve(warehouse, ladder, name, f"{name}_low", f"{name}_high")
    survival = fitter.survival_function_["KM_estimate"].loc[curve[:, 0]]
    np.testing.assert_allclose(curve[:, 1], survival, atol=1e-12)
    limits = fitter.confidence_interval_.loc[curve[:, 0]].to_numpy()
    stated = (curve[:, 1] > 0) & (curve[:, 1] < 1)
    assert np.isnan(curve[~stated, 2:]).all()
    np.testing.assert_allclose(curve[stated, 2:], limits[stated], atol=1e-9)


@pytest.mark.parametrize("ladder", LADDERS[1::2])
@pytest.mark.parametrize("outcome", ["promoted", "separated"])
def test_aalen_johansen_and_its_interval_agree_with_lifelines(
    warehouse: FakeWarehouse, ladder: str, outcome: str
) -> None:
    days, codes = _data(ladder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = AalenJohansenFitter(calculate_variance=True).fit(days, codes, event_of_interest=CODES[outcome])
    name = f"{outcome}_incidence"
    curve = _curve(warehouse, ladder, name, f"{name}_low", f"{name}_high")
    np.testing.assert_allclose(curve[:, 1], fitter.cumulative_density_.loc[curve[:, 0]].iloc[:, 0], atol=1e-12)
    limits = fitter.confidence_interval_.loc[curve[:, 0]].to_numpy()
    # Once nobody is left, lifelines has no variance; the last step has one all the same.
    stated = (curve[:, 1] > 0) & (curve[:, 1] < 1) & ~np.isnan(limits).any(axis=1)
    assert stated[:-1].sum() == ((curve[:-1, 1] > 0) & (curve[:-1, 1] < 1)).sum()
    np.testing.assert_allclose(curve[stated, 2:], limits[stated], atol=1e-6)


def _entries(ladder: str) -> np.ndarray:
    """The days after which each spell of a ladder is watched; whoever enters then is at risk from the next day on."""
    starts = [_job_rows(0, spell)[0]["effective_on"] for spell in _spells() if spell.ladder == ladder]
    after = np.array([max((WATCHED_FROM - start).days, 0) for start in starts], dtype=float)
    return np.where(after > 0, after + 0.5, 0)


@pytest.mark.parametrize("ladder", LADDERS[1::2])
def test_delayed_entry_agrees_with_lifelines(late_warehouse: FakeWarehouse, ladder: str) -> None:
    days, codes = _data(ladder)
    entries = _entries(ladder)
    assert (entries > 0).sum() > 10
    assert (entries < days).all()
    kaplan_meier = KaplanMeierFitter().fit(days, [code == CODES["promoted"] for code in codes], entry=entries)
    curve = _curve(
        late_warehouse, ladder, "at_risk", "not_promoted_if_nobody_left", "promoted_incidence", "separated_incidence"
    )
    np.testing.assert_array_equal(curve[:, 1], [sum((entries < t) & (np.array(days) >= t)) for t in curve[:, 0]])
    survival = kaplan_meier.survival_function_["KM_estimate"].loc[curve[:, 0]]
    np.testing.assert_allclose(curve[:, 2], survival, atol=1e-12)
    for column, outcome in ((3, "promoted"), (4, "separated")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter = AalenJohansenFitter(calculate_variance=False).fit(
                days, codes, event_of_interest=CODES[outcome], entry=entries
            )
        np.testing.assert_allclose(curve[:, column], fitter.cumulative_density_.loc[curve[:, 0]].iloc[:, 0], atol=1e-12)


def test_medians_and_horizons_are_read_off_the_curve(warehouse: FakeWarehouse) -> None:
    for ladder in LADDERS:
        days, incidence = _curve(warehouse, ladder, "promoted_incidence").T
        ((median, within_365, within_730),) = warehouse.query(
            "select median_days_to_promotion, promoted_within_365, promoted_within_730"
            f" from metrics.marts.tier_tenure where tier = '{ladder}'"
        )
        reached = days[incidence >= 0.5]
        assert median == (reached[0] if reached.size else None)
        for horizon, value in ((365, within_365), (730, within_730)):
            assert value == (None if days[-1] < horizon else incidence[days <= horizon][-1])


def _macro(warehouse: FakeWarehouse, expression: str, count: int) -> np.ndarray:
    return np.array(
        warehouse.query(f"select {expression} from range({count}) as counts (k) order by k"), dtype=float
    )  # fmt: skip


def test_poisson_limits_are_exact(warehouse: FakeWarehouse) -> None:
    k = np.arange(2001)
    found = _macro(warehouse, "metrics.main.poisson_low(k, 2.5), metrics.main.poisson_high(k, 2.5)", 2001)
    low = np.where(k > 0, chi2.ppf(0.025, 2 * np.maximum(k, 0.5)) / 2, 0) / 2.5
    np.testing.assert_allclose(found[:, 0], low, rtol=3e-5)
    np.testing.assert_allclose(found[:, 1], chi2.ppf(0.975, 2 * k + 2) / 5, rtol=3e-5)
    found = _macro(warehouse, "metrics.main.poisson_low_998(k, 2.5), metrics.main.poisson_high_998(k, 2.5)", 2001)
    low = np.where(k > 0, chi2.ppf(0.001, 2 * np.maximum(k, 0.5)) / 2, 0) / 2.5
    np.testing.assert_allclose(found[:, 0], low, rtol=3e-4)
    np.testing.assert_allclose(found[:, 1], chi2.ppf(0.999, 2 * k + 2) / 5, rtol=3e-4)


@pytest.mark.parametrize("n", [1, 7, 40, 1000])
def test_wilson_limits_are_those_of_scipy(warehouse: FakeWarehouse, n: int) -> None:
    found = _macro(warehouse, f"metrics.main.wilson_low(k, {n}), metrics.main.wilson_high(k, {n})", n + 1)
    theirs = [binomtest(k, n).proportion_ci(method="wilson") for k in range(n + 1)]
    np.testing.assert_allclose(found, theirs, atol=1e-9)


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        ("wilson_{side}(7, 10)", 0.3968, 0.8922),
        ("wilson_{side}(0, 12)", 0, 0.2425),
        ("poisson_{side}(3, 12.5)", 0.0495, 0.7014),
        ("poisson_{side}(0, 9)", 0, 0.4099),
        ("poisson_{side}(12, 48)", 0.1292, 0.4367),
        ("poisson_{side}_998(4, 10)", 0.04286, 1.47941),
        ("u_limit_{side}(0.2, 50, 3)", 0.01026, 0.38974),
        ("p_limit_{side}(0.8, 100, 3)", 0.68, 0.92),
        ("p_limit_{side}(0.95, 100, 3)", 0.88462, 1),
    ],
)
def test_known_values(warehouse: FakeWarehouse, expression: str, low: float, high: float) -> None:
    calls = ", ".join("metrics.main." + expression.format(side=side) for side in ("low", "high"))
    assert warehouse.query(f"select {calls}")[0] == pytest.approx((low, high), abs=5e-5)


NO_LIMIT = (
    "wilson_low(0, 0)",
    "wilson_high(null, 5)",
    "poisson_low(1, 0)",
    "poisson_high(null, 2)",
    "poisson_high(2, null)",
    "survival_low(0, 0.1)",
    "survival_high(1, 0)",
    "u_limit_low(0.2, 0, 3)",
    "p_limit_high(null, 10, 3)",
)


@pytest.mark.parametrize("call", NO_LIMIT)
def test_without_a_denominator_there_is_no_limit(warehouse: FakeWarehouse, call: str) -> None:
    assert warehouse.query(f"select metrics.main.{call}") == [(None,)]


def test_macros_work_wherever_the_reader_stands(warehouse: FakeWarehouse, tmp_path: Path) -> None:
    """A reader may have another database as the current one."""
    assert warehouse.query("select metrics.main.survival_low(0.5, 0.01) < 0.5") == [(True,)]
