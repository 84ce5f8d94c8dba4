"""Is training done in time, and does any skill hang on one person?"""

from typing import Any

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame, Row
from dashboards.headlines import STEADY
from dashboards.questions import training
from dashboards.tables import MOST_ROWS_SHOWN, rest_of

MOST_PEOPLE_DRAWN = 60
MARKS = {  # status -> (colour, letter); the letter says what the colour says
    "Current": ("#56b4a0", "✓"),
    "Expiring": ("#f0c75e", "!"),
    "In progress": ("#8fc4e8", "…"),
    "Expired": ("#e58a4f", "x"),
    "Suspended": ("#d77fb2", "■"),
    "Missing": ("#c3c9cf", "–"),
}


def page() -> None:
    """The page."""
    cell = components.opening("Is training done, and does a skill hang on one person?")
    months, year, categories = training.by_month(cell), training.of_year(cell), training.by_category(cell)
    coverage, expiring = training.coverage(cell), training.expiring_sums(cell)
    if categories.empty and coverage.empty:
        components.answer("There is no record of training here.")
        components.empty(
            "No training.", "It needs the feeds courses, assignments and completions, and skills for the matrix."
        )
        return
    _answer(months, categories, coverage)
    _figures(categories, coverage, expiring)
    _months(months, year)
    _categories(categories)
    _matrix(cell)
    _coverage(coverage)
    _expiring(cell)
    components.steps(_steps(categories, coverage, expiring))
    components.method(
        "Counted: required, due, not waived, still employed on the first due date; whether it was completed plays no part in that.",
        "marts.training_completion_by_month", "marts.training_matrix", "marts.skill_coverage_by_site",
    )  # fmt: skip


def _overall(categories: Frame) -> tuple[float, float, float | None]:
    due, on_time = categories["due"].sum(), categories["on_time"].sum()
    return due, on_time, on_time / due if due else None


def _single(coverage: Frame) -> Frame:
    return coverage[coverage["is_single_point_of_failure"].fillna(False).astype(bool)]


def _answer(months: Frame, categories: Frame, coverage: Frame) -> None:
    due, on_time, share = _overall(categories)
    single = len(_single(coverage))
    hangs = f"{wording.plural(single, 'skill hangs', 'skills hang')} on one person at a site."
    if share is None:
        components.answer(f"No required training fell due in the last twelve months; {hangs}")
        return
    if due < STEADY:
        components.answer(
            f"{wording.count(on_time)} of {wording.plural(due, 'required assignment')} due in twelve months "
            f"{'was' if on_time == 1 else 'were'} done on time: too few to tell a rate by; {hangs}"
        )
        return
    worst = categories.iloc[0]
    components.answer(
        f"{wording.percent(share)} of required training is done on time, {wording.change(months)}; {hangs}",
        f"Because {wording.count(on_time)} of {wording.count(due)} assignments due in twelve months were completed by their first "
        f"due date; lowest is {wording.words(worst['category']).lower()} with {_of(worst)}.",
    )


def _of(line: Row) -> str:
    return f"{wording.count(line['on_time'])} of {wording.count(line['due'])}"


def _figures(categories: Frame, coverage: Frame, expiring: dict[str, Any]) -> None:
    due, _, share = _overall(categories)
    within = categories["within_30"].sum() / due if due else None
    gaps = coverage[coverage["qualified"] < coverage["needed"]]
    components.figures(
        [
            Figure("Done on time", wording.percent(share), [f"of {wording.plural(due, 'assignment')} due in twelve months"]),
            Figure("Done within 30 days of due", wording.percent(within), ["on time, or late but done"]),
            Figure("On one person", wording.count(len(_single(coverage))), ["skills at a site", f"{len(gaps)} below what is needed"]),
            Figure("Expire within 60 days", wording.count(expiring["expiring"]), ["qualifications of people on the ladder"]),
        ]
    )  # fmt: skip


def _months(months: Frame, year: Frame) -> None:
    if months.dropna(subset=["value"]).empty:
        components.empty("No completion by month.", "No required assignment has fallen due.")
        return
    components.over_time(
        months, year, "Training on time", "share of counted assignments completed by the first due date", "training-months",
        ("On time", "Due", "Share on time"), of="marts.training_completion_by_month",
        is_share=True,
    )  # fmt: skip


def _categories(categories: Frame) -> None:
    if categories.empty:
        return
    named = categories.assign(label=categories["category"].map(wording.words))
    worst = named.iloc[0]
    components.chart(
        f"{worst['label']} is done on time least often: {_of(worst)}" if len(named) > 1 else f"{worst['label']}: {_of(worst)} on time",
        "Share done on time in the last twelve months, with 95 % interval",
        charts.bars(named), "training-categories", "Bars of training done on time by category.",
        named, {"label": ("Category", "text"), "due": ("Due", "count"), "on_time": ("On time", "count"),
                "value": ("Share on time", "share"), "low": ("Likely from", "share"), "high": ("to", "share"),
                "within_30_rate": ("Within 30 days", "share"), "waived": ("Waived", "count"), "excused": ("Excused", "count"),
                "due_moved": ("Due date moved", "count")}, of="marts.training_completion_by_month",
    )  # fmt: skip


def _matrix(cell: cells.Cell) -> None:
    st.markdown("### The training matrix")
    if cell.kind != "site" and len(cells.site_names()) > 1:
        components.empty("Choose a site", "above to see its people by skill.")
        return
    matrix = training.matrix(cell)
    if matrix.empty:
        components.empty("No matrix.", "Nobody is on the ladder here, or no skills are listed.")
        return
    shown = sources.with_names(matrix)
    shown = shown.assign(status=shown["status"].map(wording.words)).sort_values(["person", "skill"])
    gaps = shown[shown["is_required"] & ~shown["status"].isin(["Current", "Expiring"])]
    people = shown["person"].drop_duplicates().head(MOST_PEOPLE_DRAWN)
    st.markdown(
        "  ".join(f"**{letter}** {status.lower()} ·" for status, (_, letter) in MARKS.items()) + " faint: not required"
    )
    components.chart(
        f"{wording.plural(len(gaps), 'gap')} among {wording.plural(shown['person'].nunique(), 'person', 'people')} and "
        f"{wording.plural(shown['skill'].nunique(), 'skill')}",
        "Each cell: a person's standing in a skill today; a gap is a skill that the tier held or the next one requires and that is "
        f"not valid{f'; the first {len(people)} people, the table has all' if len(people) == MOST_PEOPLE_DRAWN else ''}",
        charts.heat_map(shown[shown["person"].isin(people)], MARKS), "training-matrix", "Heat map of people by skill.",
        shown, {"person": ("Person", "text"), "skill": ("Skill", "text"), "status": ("Status", "text"),
                "qualified_on": ("Qualified on", "date"), "expires_on": ("Expires on", "date"), "is_required": ("Required", "yes")},
        of="marts.training_matrix",
    )  # fmt: skip


def _coverage(coverage: Frame) -> None:
    if coverage.empty:
        return
    single = _single(coverage)
    finding = (
        "No skill hangs on one person" if single.empty
        else f"{wording.plural(len(single), 'skill hangs', 'skills hang')} on one person, first: {single.iloc[0]['skill']} at {single.iloc[0]['site']}"
    )  # fmt: skip
    components.listing(
        finding, "Qualified today against how many people need the skill for their tier or the next",
        coverage, {"site": ("Site", "text"), "skill": ("Skill", "text"), "employees": ("People", "count"),
                   "qualified": ("Qualified", "count"), "needed": ("Need it", "count"),
                   "is_single_point_of_failure": ("On one person", "yes")}, "training-coverage",
        of="marts.skill_coverage_by_site",
    )  # fmt: skip


def _expiring(cell: cells.Cell) -> None:
    shown = _expiring_in_words(training.expiring(cell, MOST_ROWS_SHOWN))
    if shown.empty:
        st.markdown("### Qualifications that run out")
        components.empty("None runs out", "within 60 days.")
        return
    size = shown["of_all"].iloc[0]
    components.listing(
        f"{wording.plural(size, 'qualification runs', 'qualifications run')} out within 60 days, or no longer "
        f"{'holds' if size == 1 else 'hold'}",
        "Soonest first", shown,
        {"person": ("Person", "text"), "site": ("Site", "text"), "skill": ("Skill", "text"), "status": ("Status", "text"),
         "expires_on": ("Expires on", "date"), "is_required": ("Required", "yes")}, "training-expiring",
        of="marts.training_matrix", rest=rest_of(shown, lambda: _expiring_in_words(training.expiring(cell))),
    )  # fmt: skip


def _expiring_in_words(expiring: Frame) -> Frame:
    shown = sources.with_names(expiring)
    return shown.assign(status=shown["status"].map(wording.words))


def _steps(categories: Frame, coverage: Frame, expiring: dict[str, Any]) -> list[str]:
    steps: list[str] = []
    if expiring["required"]:
        steps.append(
            f"**Schedule requalification in {expiring['first_skill']}** before {wording.day(expiring['first_on'])}: "
            f"{wording.plural(expiring['required'], 'required qualification runs', 'required qualifications run')} out within 60 days."
        )
    single = _single(coverage)
    if not single.empty:
        steps.append(
            f"**Train a second person in {single.iloc[0]['skill']}** at {single.iloc[0]['site']}: one absence and nobody can."
        )
    if not categories.empty and categories.iloc[0]["value"] < 0.9 and categories.iloc[0]["due"] >= STEADY:
        worst = categories.iloc[0]
        steps.append(
            f"**Look at {wording.words(worst['category']).lower()}**: {_of(worst)} assignments were done on time in twelve months."
        )
    return steps
