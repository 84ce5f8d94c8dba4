"""Persons: employments put together where somebody comes back, with ids and names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import NEVER, Flags, Ints
from pipelines.demo.draws import FEEDS, stream
from pipelines.demo.history import History
from pipelines.demo.ladder import OUTSIDE
from pipelines.demo.names import addresses, draw_names
from pipelines.demo.state import VOLUNTARY

# Somebody comes back a month to three years after having left.
BACK_AFTER_DAYS, BACK_WITHIN_DAYS = 30, 1095


@dataclass(frozen=True, slots=True)
class People:
    """Who the employments on record belong to.

    Attributes:
        person: position of the person of each employment; -1 where the employment is not on record.
        is_rehire: whether the employment is its person's second.
        ids, names, emails: of each person, by position.
    """

    person: Ints
    is_rehire: Flags
    ids: list[str]
    names: list[str]
    emails: list[str]


def identify(history: History) -> People:
    """Settle who is who."""
    rng = stream(history.world.scenario.seed, FEEDS, 1)
    earlier = _earlier_employments(history, rng)
    own = np.flatnonzero(history.is_on_record & (earlier < 0))
    person = np.full(len(earlier), -1)
    person[own] = np.arange(len(own))
    back = np.flatnonzero(earlier >= 0)
    person[back] = person[earlier[back]]
    width = max(6, len(str(4 * len(own))))
    # Issued at random among four times as many: neighbours in the file are not neighbours in time.
    numbers = rng.choice(4 * len(own), len(own), replace=False)
    names = draw_names(rng, history.world.scenario.seed, len(own))
    return People(
        person=person,
        is_rehire=earlier >= 0,
        ids=[str(number).zfill(width) for number in numbers.tolist()],
        names=names,
        emails=addresses(names),
    )


def _earlier_employments(history: History, rng: np.random.Generator) -> Ints:
    """For each hire that is a return, the employment that ended before it; else -1.

    Only people who fit: as certified on leaving as on coming back, on the ladder, and never mentored (a mentorship
    lasts into later employments, and the hazards of a new one know nothing of it).
    """
    log = history.log
    employments = log.table("employments")
    count = len(history.started_on)
    separations = log.table("separations")
    kind = np.full(count, -1)
    kind[separations["employment"]] = separations["type"]
    mentored = np.zeros(count, np.bool_)
    mentored[log.table("mentorships")["mentee"]] = True
    cycles = log.table("cycles")
    certified_on = np.full(count, NEVER)
    is_first = cycles["kind"] == 0
    certified_on[cycles["employment"][is_first]] = cycles["issued_on"][is_first]
    on_ladder = employments["tier"] != OUTSIDE
    leaver = history.is_on_record & (history.last_day < NEVER) & (kind == VOLUNTARY) & ~mentored & on_ladder
    hired = history.is_on_record & history.has_known_start & on_ladder
    chosen = hired & (rng.random(count) < p.REHIRE_SHARE * 1.25)  # some find nobody whom they could be
    earlier = np.full(count, -1)
    for is_certified in (False, True):
        leavers = np.flatnonzero(leaver & ~chosen & ((certified_on <= history.last_day) == is_certified))
        leavers = leavers[np.argsort(history.last_day[leavers], kind="stable")]
        back = np.flatnonzero(chosen & (employments["is_certified"] == is_certified))
        last_days = history.last_day[leavers]
        low = np.searchsorted(last_days, history.started_on[back] - BACK_WITHIN_DAYS)
        high = np.searchsorted(last_days, history.started_on[back] - BACK_AFTER_DAYS)
        position = low + np.floor(rng.random(len(back)) * (high - low)).astype(np.int64)
        back, position = back[high > low], position[high > low]
        position, first = np.unique(position, return_index=True)
        earlier[back[first]] = leavers[position]
    return earlier
