"""A made-up Moodle with all that real ones were seen to have, and its worked examples with categories filled in."""

from __future__ import annotations

from typing import Any

from pipelines.connectors.rest.spec import SourceSpec
from pipelines.sources import read_sources
from tests.integration.moodle import Moodle
from tests.integration.pull_kit import EXAMPLES, QUICK

NOON = 1735732800  # 2025-01-01T12:00:00Z
_CATEGORIES = {"COMPLIANCE": 1, "CLINICAL": 2, "EXAM": 3, "MANAGEMENT": 4}


def with_categories(name: str, url: str, **settings: Any) -> SourceSpec:
    """A worked example, pointed at a local server; categories 1 to 4 (in the report "Category 1" to 4) say what for."""
    (spec,) = read_sources(EXAMPLES / f"{name}.yml")
    text = spec.model_dump_json(exclude_unset=True)
    for word, number in _CATEGORIES.items():
        text = text.replace(f"YOUR-{word}-CATEGORY", f"Category {number}" if name == "moodle_report" else str(number))
    filled = SourceSpec.model_validate_json(text)
    return SourceSpec.model_validate({**filled.model_dump(exclude_unset=True), "base": url, **QUICK, **settings})


def organisation() -> tuple[Moodle, dict[str, set[tuple[int, int]]]]:
    """34 people in 7 courses with 102 completions, and those of them that Moodle's functions do not tell, by why."""
    made = Moodle()
    for number in range(2, 9):
        made.course(number, f"Course {number}", category=1 + number % 4, id_number=f"CR-{number}" if number % 3 else "")
    for number in range(100, 134):
        made.user(number, f"E{number}" if number % 11 else "", *range(2, 9))
    pairs = [(user, course) for user in range(100, 134) for course in range(2, 9)]
    for place, (user, course) in enumerate(one for one in pairs if (one[0] + 2 * one[1]) % 7 < 3):
        made.complete(user, course, NOON + place * 3600, points=10)
    made.hidden, made.without_criteria, made.any_criterion = {4}, {5}, {6}
    made.inactive = {one for one in pairs if one[0] % 5 == 0 and one[1] in (2, 3, 7)}
    made.trainers = {one for one in pairs if one[0] == 101}
    made.unconfirmed = {102}
    return made, {
        "ended": {one for one in made.done if one in made.inactive},
        "trainer": {one for one in made.done if one in made.trainers},
        "imported": {one for one in made.done if one[1] == 5},
        "unconfirmed": {one for one in made.done if one[0] == 102},
    }
