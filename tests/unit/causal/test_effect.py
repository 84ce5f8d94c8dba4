"""The estimate: against what was planted, against diff-diff's own imputation, and where a naive one is misled."""

from __future__ import annotations

import dataclasses

import causal_panels as panels
import numpy as np
import pandas as pd
import pytest
from diff_diff import ImputationDiD

from pipelines.causal import NEVER, Panel, regression, staggered_effect

WAVES = (10, 16, 22, NEVER)


def mean_effect(panel: Panel, effect: panels.Effect) -> float:
    years = panel.treated_person_years
    return float((effect(panel.month - panel.start, panel.start) * years).sum() / years.sum())


@pytest.mark.parametrize(
    "effect",
    [
        lambda since, start: np.full(len(since), -0.08),
        lambda since, start: np.where(since >= 12, -0.15, -0.05),
        lambda since, start: np.where(start > 16, -0.02, -0.12),
    ],
    ids=["constant", "grows after a year", "differs between waves"],
)
def test_effects_that_differ_do_not_leak_into_the_months(effect: panels.Effect) -> None:
    panel = panels.make(panels.staggered(48), effect=effect, seed=None)
    columns = np.column_stack([regression._effects(panel), regression._dummies(panel.month)])
    coefficients = np.linalg.lstsq(columns, panel.events / panel.person_years, rcond=None)[0]
    assert coefficients[0] == pytest.approx(mean_effect(panel, effect), abs=1e-10)


def test_a_planted_effect_is_found_and_none_is_not_invented() -> None:
    found = staggered_effect(panels.make(panels.staggered(40), years=3.0, spread=0.05, effect=-0.08))
    none = staggered_effect(panels.make(panels.staggered(40), years=3.0, spread=0.05))
    assert found.low is not None and found.high is not None and found.p_value is not None
    assert found.low < -0.08 < found.high < 0
    assert found.p_value < 0.01
    assert none.low is not None and none.high is not None and none.p_value is not None
    assert none.low < 0 < none.high
    assert none.p_value > 0.05


def test_interval_and_p_value_agree_and_repeat() -> None:
    panel = panels.make(panels.staggered(24), spread=0.05, effect=-0.04)
    first, second = staggered_effect(panel), staggered_effect(panel)
    assert first == second
    assert first.low is not None and first.high is not None and first.p_value is not None
    assert (first.low < 0 < first.high) == (first.p_value >= 0.05)


def test_with_fixed_levels_and_one_cell_it_is_the_imputation_of_diff_diff(monkeypatch: pytest.MonkeyPatch) -> None:
    """All start together and are followed for a year: one wave, one year since start."""
    panel = panels.make([12] * 10 + [NEVER] * 6, months=24, spread=0.1, effect=-0.05)
    monkeypatch.setattr(regression, "variances", lambda _: (1e-12, 1.0))
    fit = regression.fit_effect(panel)
    frame = pd.DataFrame(
        {
            "site": panel.site,
            "month": panel.month + 1,
            "rate": panel.events / panel.person_years,
            "first": np.where(panel.start < NEVER, panel.start + 1, 0),
        }
    )
    theirs = ImputationDiD().fit(frame, outcome="rate", unit="site", time="month", first_treat="first")
    assert fit is not None
    assert fit.estimate == pytest.approx(theirs.overall_att, abs=1e-6)


def test_sites_chosen_for_a_bad_year_do_not_seem_to_recover() -> None:
    """Of 60 equal sites the third with most events in the year before starts: plain before and after falls for it."""
    naive, ours = [], []
    for seed in range(12):
        panel = panels.make([NEVER] * 60, months=36, years=1.2, seed=seed)
        last_year = np.bincount(panel.site, panel.events * (panel.month < 12), 60)
        worst = np.argsort(-last_year, kind="stable")[:20]
        start = np.where(np.isin(panel.site, worst), 12, NEVER)
        panel = dataclasses.replace(
            panel, start=start, treated_person_years=panel.person_years * (panel.month >= start)
        )
        is_worst, after = start < NEVER, panel.month >= 12
        rate = panel.events / panel.person_years
        naive.append(rate[is_worst & after].mean() - rate[is_worst & ~after].mean())
        estimate = staggered_effect(panel).estimate
        assert estimate is not None
        ours.append(estimate)
    assert np.mean(naive) < -0.06
    assert abs(np.mean(ours)) < 0.02


def test_variances_are_those_planted() -> None:
    panel = panels.make([NEVER] * 400, years=2.0, rate=0.3, spread=0.08, seed=3)
    noise, spread = regression.variances(panel)
    assert noise == pytest.approx(0.3, rel=0.05)
    assert np.sqrt(spread) == pytest.approx(0.08, rel=0.15)


def test_equal_sites_have_no_spread_of_levels() -> None:
    assert regression.variances(panels.make([NEVER] * 50, seed=None)) == pytest.approx((1.0, 0.0))


def test_many_sites_are_pooled_by_start() -> None:
    panel = panels.make(panels.staggered(1000, (10, 12, 22, NEVER)), months=24)
    pools = regression.pooled(panel)
    assert pools.sites == regression.MOST_SITES
    for name in ("person_years", "treated_person_years", "events"):
        assert getattr(pools, name).sum() == pytest.approx(getattr(panel, name).sum())
    assert sorted(set(pools.starts())) == [10, 12, 22, NEVER]
    sizes = pools.total(pools.person_years) / 24
    assert set(np.round(sizes)) == {5.0}


def test_a_wave_needs_enough_sites() -> None:
    few = np.array(panels.staggered(20, WAVES))
    many = np.array(panels.staggered(48, WAVES))
    assert regression.waves(few).tolist() == [0] * 20
    assert [int(regression.waves(many)[many == start][0]) for start in WAVES] == [0, 0, 1, 0]
