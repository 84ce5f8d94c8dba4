"""How probably a program's worth is positive."""

from __future__ import annotations

import dataclasses

import pytest
from scipy.stats import norm

from pipelines.causal import Costs, Range, Worth, probability_positive

FIXED = Range(0.0, 0.0, 0.0)
SURE = Worth(
    effect=Range(-0.2, -0.2, -0.2),
    person_years=10.0,
    costs=Costs(fixed=120.0, loaded=0.0, mentoring=0.0, exams=0.0),
    internal_fills=0.0,
    entry_refill_cost=None,
    replacement_cost=Range(90.0, 90.0, 90.0),
    benefits_load=Range(0.25, 0.25, 0.25),
    exam_fee=Range(100.0, 100.0, 100.0),
    mentor_hours=Range(4.0, 4.0, 4.0),
    external_fill_cost=FIXED,
    internal_fill_cost=FIXED,
)


def test_without_any_doubt_it_is_none_or_all() -> None:
    assert probability_positive(SURE) == 1.0
    assert probability_positive(dataclasses.replace(SURE, costs=Costs(181.0, 0.0, 0.0, 0.0))) == 0.0


def test_doubt_about_the_effect_is_normal() -> None:
    """Break-even at -0.12, one and a half standard errors from the estimate."""
    margin = 1.959963984540054 * 0.08 / 1.5
    doubtful = dataclasses.replace(SURE, effect=Range(-0.2 - margin, -0.2, -0.2 + margin), costs=Costs(108.0, 0, 0, 0))
    assert probability_positive(doubtful) == pytest.approx(norm.cdf(1.5), abs=0.01)


def test_doubt_about_an_assumption_is_triangular() -> None:
    """Two separations averted pay for 120 where one costs over 60: of (30, 90, 150) that is 1 - 30^2 / (120 x 60)."""
    doubtful = dataclasses.replace(SURE, replacement_cost=Range(30.0, 90.0, 150.0))
    assert probability_positive(doubtful) == pytest.approx(1 - 30**2 / (120 * 60), abs=0.01)


@pytest.mark.parametrize(
    ("costs", "name", "half"),
    [
        (Costs(0.0, 180.0, 0.0, 0.0), "benefits_load", Range(0.0, 0.25, 0.5)),
        (Costs(0.0, 0.0, 180.0, 0.0), "mentor_hours", Range(2.0, 4.0, 6.0)),
        (Costs(0.0, 0.0, 180.0, 0.0), "benefits_load", Range(0.0, 0.25, 0.5)),
        (Costs(0.0, 0.0, 0.0, 180.0), "exam_fee", Range(50.0, 100.0, 150.0)),
        (Costs(180.0, 0.0, 0.0, 0.0), "replacement_cost", Range(60.0, 90.0, 120.0)),
    ],
)
def test_each_cost_moves_with_its_assumption(costs: Costs, name: str, half: Range) -> None:
    """At break-even, a symmetrical doubt makes it even."""
    even = dataclasses.replace(SURE, costs=costs, **{name: half})
    assert probability_positive(even) == pytest.approx(0.5, abs=0.02)


def test_a_cost_without_a_price_stays_as_it_is() -> None:
    free = dataclasses.replace(SURE, exam_fee=Range(0.0, 0.0, 0.0), costs=Costs(0.0, 0.0, 0.0, 179.0))
    assert probability_positive(free) == 1.0


def test_an_internal_fill_saves_less_where_the_vacancy_it_opens_is_dear() -> None:
    fills = dataclasses.replace(
        SURE,
        costs=Costs(600.0, 0.0, 0.0, 0.0),
        internal_fills=2.0,
        external_fill_cost=Range(400.0, 400.0, 400.0),
        internal_fill_cost=Range(50.0, 50.0, 50.0),
    )
    assert probability_positive(dataclasses.replace(fills, entry_refill_cost=100.0)) == 1.0
    assert probability_positive(dataclasses.replace(fills, entry_refill_cost=300.0)) == 0.0
    assert probability_positive(fills) == 0.0


def test_the_same_draws_every_time() -> None:
    doubtful = dataclasses.replace(SURE, effect=Range(-0.4, -0.1, 0.2))
    assert probability_positive(doubtful) == probability_positive(doubtful)
