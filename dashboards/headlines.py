"""The headline figures in words: the sentence that answers, what stands under each figure, what to do first.

The overview and the printed brief say the same, so it is said here once.
"""

from collections.abc import Callable
from typing import Any

from dashboards import wording
from dashboards.cell import Cell
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import headline

FEW = 5  # events; on fewer a sentence does not begin with a rate
STEADY = 20  # events; on fewer a rate is called unsteady, and said as a count where it can be
Month = dict[str, Any]  # a row of headline_by_month, null as None
FORMS: dict[str, Callable[[float | None], str]] = {
    "percent": wording.percent,
    "count": wording.count,
    "dollars": wording.dollars,
}


def latest(months: Frame) -> tuple[Month, Month]:
    """The last month and the same month of the year before, which is empty where the history is shorter."""
    records = months.astype(object).where(months.notna(), None).to_dict("records")
    return records[-1], records[-13] if len(records) > 12 else {}


def change(name: str, now: Month, before: Month) -> str:
    """Whether a figure moved within a year."""
    return wording.against_year_before(
        now.get(f"{name}_low"), now.get(f"{name}_high"), before.get(f"{name}_low"), before.get(f"{name}_high")
    )


def answer(now: Month, before: Month) -> tuple[str, str]:
    """One sentence on whether the ladder works, and why it may be said."""
    name = "voluntary_turnover_rate_12m"
    turnover_now = now[name]
    promoted = now["promoted_within_365"]
    if turnover_now is None:
        return "There is no full picture yet.", "Nobody has worked on the ladder here for the last twelve months."
    likely = wording.likely(now[f"{name}_low"], now[f"{name}_high"]).removeprefix("likely ")
    events = now[f"{name}_events"]
    if events < FEW:
        sentence = (
            f"{wording.plural(events, 'technician', 'technicians').capitalize()} left by their own decision in twelve months: "
            f"too few to tell a rate by ({likely} a year)"
        )
    else:
        sentence = f"{wording.percent(turnover_now)} of technicians leave by their own decision in a year ({likely})"
    if promoted is not None and now["promoted_within_365_events"] >= STEADY:
        sentence += f", and {wording.percent(promoted)} are promoted within a year of entering a tier"
    elif promoted is not None:
        promotions, entries = now["promoted_within_365_events"], now["promoted_within_365_base"]
        sentence += f", and {wording.count(promotions)} of {wording.count(entries)} were promoted within a year of entering a tier"
    waiting = now["ready_waiting_over_90"]
    reasons = [f"Turnover: {change(name, now, before)}; promotion: {change('promoted_within_365', now, before)}."]
    if waiting:
        reasons.append(
            f"{wording.plural(waiting, 'person', 'people')} met every requirement over 90 days ago and still wait."
        )
    return sentence + ".", " ".join(reasons)


def figure(name: str, now: Month, before: Month, months: Frame) -> Figure:
    """A figure of the overview with what a reader needs beside it."""
    label, form = headline.FIGURES[name]
    write = FORMS[form]
    base = now.get(f"{name}_events")
    notes = [wording.likely(now.get(f"{name}_low"), now.get(f"{name}_high"))]
    if now.get(f"{name}_target") is not None:
        notes.append(f"target {write(now[f'{name}_target'])}")
    if now.get(f"{name}_year_before") is not None:
        notes.append(f"a year before {write(now[f'{name}_year_before'])}")
    if form == "percent":
        notes.append(change(name, now, before))
    if base is not None and base < STEADY:
        notes.append(f"unsteady: only {wording.plural(base, 'event')}")
    if now[name] is None:
        notes = ["nobody to count yet, or its feed is absent"]
    return Figure(label, write(now[name]), notes, months[name].tail(24).tolist())


def steps(cell: Cell) -> list[str]:
    """What to do first, the most pressing first: how many, since when or by when, and where most of them are."""
    waiting = {line["kind"]: line for line in headline.waiting(cell).to_dict("records")}
    asks: list[tuple[str, Callable[[Month], str]]] = [
        ("certification_overdue", lambda line: (
            f"{_who(line)} past the certification deadline, the first since {wording.day(line['first_on'])}"
            f"{_most(line, cell)}: agree on exam dates (Certification).")),
        ("ready_over_90", lambda line: (
            f"{_who(line)} ready for over 90 days{_most(line, cell)}: promote, or say what stands in the way (Readiness).")),
        ("single_points", lambda line: (
            f"{_who(line, 'skill hangs', 'skills hang')} on one person, such as {line['example']}: train a second one (Training).")),
        ("renewals_due", lambda line: (
            f"{_who(line)} with a credential that lapsed or expires within 90 days{_most(line, cell)}: book the hours"
            " (Certification).")),
        ("certification_soon", lambda line: (
            f"{_who(line)} with a certification deadline in the next 90 days, the first on {wording.day(line['first_on'])}"
            " (Certification).")),
    ]  # fmt: skip
    return [words(waiting[kind]) for kind, words in asks if kind in waiting]


def _who(line: Month, one: str = "person", many: str = "people") -> str:
    return f"**{wording.plural(line['number'], one, many)}**"


def _most(line: Month, cell: Cell) -> str:
    """Where most of them are, where that says something."""
    is_told = cell.kind != "site" and line["sites"] > 1 and line["most"] > 1
    return f", most at {line['most_at']} ({wording.count(line['most'])})" if is_told else ""
