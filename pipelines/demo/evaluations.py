"""Monthly evaluations of one competency each."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import Ints
from pipelines.demo.draws import Draws, normal
from pipelines.demo.ladder import ASKED_COMPETENCY, ASSESSED_ON, EVALUATION_MONTHS
from pipelines.demo.state import Month, World

FIRST_DAY, DAYS = 20, 8


def evaluate(world: World, month: Month, u: Draws, leaves_on: Ints) -> None:
    """Score most people on one competency of their tier, in half points from 1 to 5."""
    state = world.state
    day = month.first + FIRST_DAY - 1 + np.floor(DAYS * u["evaluated_day"]).astype(np.int64)
    is_done = state.is_on_ladder & (u["evaluated"] < p.EVALUATED_SHARE)
    is_done &= (day > state.started_on) & (day < leaves_on) & (day > state.back_from_leave)
    choice = np.floor(ASSESSED_ON.shape[1] * u["competency"]).astype(np.int64)
    competency = ASSESSED_ON[state.tier, choice]
    raw = 3.55 + 0.4 * state.ability + 0.55 * normal(u["score"])
    score = np.where(is_done, np.clip(np.round(2 * raw) / 2, 1, 5), 0)
    ring = month.number % EVALUATION_MONTHS
    state.score_sums[ring] = score
    state.score_counts[ring] = is_done
    for row, (asked, _) in enumerate(ASKED_COMPETENCY.values()):
        np.copyto(state.asked_scores[row], score, where=is_done & (competency == asked))
    seats = np.flatnonzero(is_done)
    world.log.add(
        "evaluations",
        employment=state.employment[seats],
        day=day[seats],
        site=state.site[seats],
        competency=competency[seats],
        score=score[seats],
    )
