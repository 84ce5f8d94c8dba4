"""What can be compared, and what is said where it can't."""

from __future__ import annotations

import causal_panels as panels
import numpy as np
import pytest

from pipelines.causal import NEVER, Panel, staggered_effect
from pipelines.causal.compare import comparison


@pytest.mark.parametrize(
    ("starts", "months", "years", "status"),
    [
        ([12, 12, NEVER], 36, 1.0, "not estimable: 2 treated sites, 8 needed"),
        ([12] + [NEVER] * 20, 36, 1.0, "not estimable: 1 treated site, 8 needed"),
        ([NEVER] * 20, 36, 1.0, "not estimable: 0 treated sites, 8 needed"),
        ([12] * 8 + [NEVER] * 3, 36, 1.0, "not estimable: 3 sites not yet started when 8 had, 4 needed"),
        ([12] * 8 + [NEVER], 36, 1.0, "not estimable: 1 site not yet started when 8 had, 4 needed"),
        ([12] * 19 + [NEVER] * 4, 36, 1.0, "not estimable: 23 sites to compare, 24 needed"),
        ([6] * 20 + [NEVER] * 4, 11, 1.0, "not estimable: 11 months compared, 12 needed"),
        ([12] * 20 + [NEVER] * 4, 36, 1e-9, "not estimable: 0 events without the program, 20 needed"),
    ],
)
def test_says_what_is_missing(starts: list[int], months: int, years: float, status: str) -> None:
    effect = staggered_effect(panels.make(starts, months=months, years=years))
    assert effect.status == status
    assert (effect.estimate, effect.low, effect.high, effect.p_value) == (None, None, None, None)


def test_the_least_that_is_asked_for_is_enough() -> None:
    effect = staggered_effect(panels.make([6] * 8 + [11] * 12 + [NEVER] * 4, months=12, years=5.0))
    assert (effect.status, effect.sites_treated, effect.sites_not_yet) == ("estimated", 20, 4)
    assert effect.person_years == pytest.approx((8 * 6 + 12) * 5.0)


def test_an_empty_panel_is_no_error() -> None:
    nothing, no_time = np.empty(0, np.int64), np.empty(0)
    effect = staggered_effect(Panel(nothing, nothing, nothing, no_time, no_time, no_time))
    assert (effect.status, effect.person_years) == ("not estimable: 0 treated sites, 8 needed", 0.0)


def test_sites_without_a_before_are_left_out() -> None:
    compared = comparison(panels.make([0] * 3 + [12] * 20 + [NEVER] * 4))
    assert (compared.sites_treated, compared.sites_not_yet, compared.shortfall) == (20, 4, None)


def test_months_without_enough_controls_are_left_out() -> None:
    """From month 20 on only three sites have not started; those that start then have not started yet before."""
    compared = comparison(panels.make([12] * 17 + [20] * 4 + [NEVER] * 3))
    assert int(compared.panel.month.max()) == 19
    assert (compared.sites_treated, compared.sites_not_yet) == (17, 7)


def test_months_without_anybody_do_not_count() -> None:
    panel = panels.make([12] * 20 + [NEVER] * 4)
    closed = np.where((panel.site >= 21) & (panel.month >= 20), 0.0, panel.person_years)
    panel = Panel(panel.site, panel.month, panel.start, closed, panel.treated_person_years, panel.events)
    assert int(comparison(panel).panel.month.max()) == 19
