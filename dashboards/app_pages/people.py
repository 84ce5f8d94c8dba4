"""Whom do I talk to next, and about what?"""

from dashboards import components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import people

KINDS = {
    "ready": "Ready for the next tier",
    "certification": "Certification due",
    "renewal": "Credential to renew",
    "training": "Qualification to renew",
}
COLUMNS = {
    "person": ("Person", "text"), "site": ("Site", "text"), "what": ("What", "text"), "due_on": ("By, or since", "date"),
    "days_left": ("Days left", "count"),
}  # fmt: skip


def page() -> None:
    """The page."""
    cell = components.opening("Whom do I talk to next?")
    size, due = people.size(cell), people.due(cell)
    if not size:
        components.answer("Nobody is on the ladder here today.")
        components.empty("No one to show.", "People appear here once they work at one of your sites, or report to you.")
        return
    concerned = due["employee_key"].nunique()
    late = due[(due["kind"] != "ready") & (due["days_left"] < 0)]
    components.answer(
        f"{wording.count(concerned)} of {wording.plural(size, 'person', 'people')} {'needs' if concerned == 1 else 'need'} something from you"
        f" within 90 days; {wording.plural(len(late), 'thing is', 'things are')} late."
        if concerned
        else f"None of {wording.plural(size, 'person', 'people')} needs anything within 90 days.",
    )
    counts = due.groupby("kind")["employee_key"].nunique()
    components.figures(
        [
            Figure(label, wording.count(counts.get(kind, 0)), [_note(due[due["kind"] == kind], kind)])
            for kind, label in KINDS.items()
        ]
    )
    if not due.empty:
        components.listing("What falls due, the oldest first", "", sources.with_names(due), COLUMNS, "people-due")
    components.steps(_steps(due, late))
    components.method(
        "Certification deadlines and renewals within 90 days, required qualifications within 60, and what is past; people who meet"
        " every requirement of a next tier.",
        "marts.promotion_readiness", "marts.certification_pipeline", "marts.credential_renewals", "marts.training_matrix",
    )  # fmt: skip


def _note(due: Frame, kind: str) -> str:
    if kind == "ready":
        return f"{due.loc[due['days_left'] < -90, 'employee_key'].nunique()} for over 90 days"
    return f"{due.loc[due['days_left'] < 0, 'employee_key'].nunique()} of them late"


def _steps(due: Frame, late: Frame) -> list[str]:
    steps: list[str] = []
    if not late.empty:
        steps.append(
            f"**See to what is late**: {wording.plural(late['employee_key'].nunique(), 'person', 'people')}, the oldest first."
        )
    ready = due[due["kind"] == "ready"]["employee_key"].nunique()
    if ready:
        steps.append(
            f"**Say what comes next** to {wording.plural(ready, 'person who is', 'people who are')} ready for the next tier."
        )
    soon = due[(due["kind"] != "ready") & (due["days_left"] >= 0)]
    if not soon.empty:
        first = soon.iloc[0]
        steps.append(
            f"**Plan ahead**: {wording.plural(len(soon), 'thing falls', 'things fall')} due, first on {wording.day(first['due_on'])}."
        )
    return steps
