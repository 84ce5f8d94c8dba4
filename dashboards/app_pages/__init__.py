"""One page a file: each has page(), which answers one question from the release, and holds no SQL.

PAGES lists them as the menu shows them: section -> (address, title, page); icons would be fetched from the internet.
"""

from collections.abc import Callable

from dashboards.app_pages import (
    certification,
    data_health,
    employee,
    exit_interviews,
    ladder,
    mentoring,
    monthly_brief,
    overview,
    people,
    readiness,
    roi,
    training,
    turnover,
    whole,
)

Entry = tuple[str, str, Callable[[], None]]

PAGES: dict[str, list[Entry]] = {
    "Is it working?": [
        ("overview", "Overview", overview.page),
        ("ladder", "Ladder", ladder.page),
        ("whole", "Whole organisation", whole.page),
    ],
    "Where not, and what next?": [
        ("people", "Who needs what next", people.page),
        ("readiness", "Readiness", readiness.page),
        ("turnover", "Turnover", turnover.page),
        ("training", "Training", training.page),
        ("certification", "Certification", certification.page),
        ("mentoring", "Mentoring and leadership", mentoring.page),
        ("exit_interviews", "Exit interviews", exit_interviews.page),
        ("employee", "Employee", employee.page),
    ],
    "What is it worth?": [("roi", "Return", roi.page)],
    "On paper": [("monthly_brief", "Monthly brief", monthly_brief.page)],
    "Is it right?": [("data_health", "Data health", data_health.page)],
}
