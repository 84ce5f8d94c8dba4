"""One page a file: each has page(), which answers one question from the release, and holds no SQL.

PAGES lists them as the menu shows them: section -> (address, title, page); icons would be fetched from the internet.
"""

from collections.abc import Callable

from dashboards.app_pages import (
    certification,
    data_health,
    employee,
    ladder,
    mentoring,
    monthly_brief,
    overview,
    readiness,
    roi,
    training,
    turnover,
)

Entry = tuple[str, str, Callable[[], None]]

PAGES: dict[str, list[Entry]] = {
    "Is it working?": [("overview", "Overview", overview.page), ("ladder", "Ladder", ladder.page)],
    "Where not, and what next?": [
        ("readiness", "Readiness", readiness.page),
        ("turnover", "Turnover", turnover.page),
        ("training", "Training", training.page),
        ("certification", "Certification", certification.page),
        ("mentoring", "Mentoring and leadership", mentoring.page),
        ("employee", "Employee", employee.page),
    ],
    "What is it worth?": [("roi", "Return", roi.page)],
    "On paper": [("monthly_brief", "Monthly brief", monthly_brief.page)],
    "Is it right?": [("data_health", "Data health", data_health.page)],
}
