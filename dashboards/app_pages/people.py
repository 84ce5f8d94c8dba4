"""Whom do I talk to next, and about what?"""

from typing import Any

from dashboards import components, sources, wording
from dashboards.components import Figure
from dashboards.questions import people
from dashboards.tables import MOST_ROWS_SHOWN, rest_of

Line = dict[str, Any]

KINDS = {
    "ready": "Ready for the next tier",
    "certification": "Certification due",
    "renewal": "Credential to renew",
    "training": "Qualification to renew",
}
ABSENT = "what it is told from has not been delivered"
COLUMNS = {
    "person": ("Person", "text"), "site": ("Site", "text"), "what": ("What", "text"), "due_on": ("By, or since", "date"),
    "standing": ("How urgent", "text"),
}  # fmt: skip


def page() -> None:
    """The page."""
    cell = components.opening("Whom do I talk to next?")
    size = people.size(cell)
    if not size:
        components.answer("Nobody is on the ladder here today.")
        components.empty("No one to show.", "People appear here once they work at one of your sites, or report to you.")
        return
    counts = people.counts(cell)
    whole = sources.first_row(counts[counts["kind"].isna() & counts["bucket"].isna()]) or {"people": 0, "things": 0}
    kinds = {line["kind"]: line for line in counts.dropna(subset=["kind"]).to_dict("records")}
    buckets = {line["bucket"]: line for line in counts.dropna(subset=["bucket"]).to_dict("records")}
    known = people.known()
    if not any(known.values()):
        components.answer("What people need next cannot be told yet.")
        components.empty(
            "Nothing to go by.",
            "It needs tier_requirements, certification_rules, credentials that expire, or skills.",
        )
        return
    late = buckets["late"]["things"] if "late" in buckets else 0
    components.answer(
        f"{wording.count(whole['people'])} of {wording.plural(size, 'person', 'people')} "
        f"{'needs' if whole['people'] == 1 else 'need'} something from you within 90 days; "
        f"{wording.plural(late, 'thing is', 'things are')} late."
        if whole["people"]
        else f"None of {wording.plural(size, 'person', 'people')} needs anything within 90 days.",
        _because(kinds),
    )
    components.figures(
        [Figure(label, wording.count(kinds.get(kind, {}).get("people", 0)), [_note(kinds.get(kind, {}), kind)])
         if known[kind] else Figure(label, wording.NO_DATA, [ABSENT])
         for kind, label in KINDS.items()]
    )  # fmt: skip
    found = sources.with_names(people.due(cell, MOST_ROWS_SHOWN))
    if not found.empty:
        due = found[found["place"] <= MOST_ROWS_SHOWN]
        components.listing(
            f"{wording.plural(whole['things'], 'thing')} to see to, the oldest first",
            "One row a person and thing to do: overdue, due within 90 days (qualifications 60), or ready and waiting",
            due, COLUMNS, "people-due", of="marts.promotion_readiness",
            rest=rest_of(due, lambda: sources.with_names(people.due(cell))),
        )  # fmt: skip
    firsts = {line["bucket"]: line for line in found[found["is_first"]].to_dict("records")} if len(found) else {}
    components.steps(_steps(firsts, buckets))
    components.method(
        "Certification deadlines and renewals within 90 days, required qualifications within 60, and what is past; people who meet"
        " every requirement of a next tier.",
        "marts.promotion_readiness", "marts.certification_pipeline", "marts.credential_renewals", "marts.training_matrix",
    )  # fmt: skip


def _note(line: Line, kind: str) -> str:
    if kind == "ready":
        return f"{wording.count(line.get('people_over_90', 0))} for over 90 days"
    late = line.get("people_late", 0)
    return f"{wording.count(late)} of them late" if late else "none of them late"


def _because(kinds: dict[str, Line]) -> str:
    words = {
        "ready": "ready for the next tier", "certification": "with a certification deadline",
        "renewal": "with a credential to renew", "training": "with a qualification to renew",
    }  # fmt: skip
    parts = [
        f"{wording.plural(kinds[kind]['people'], 'person', 'people')} {what}"
        for kind, what in words.items()
        if kind in kinds
    ]
    return f"Because there are {wording.listed(parts, 4)}." if parts else ""


def _steps(first: dict[str, Line], buckets: dict[str, Line]) -> list[str]:
    steps: list[str] = []
    if "late" in first:
        line = first["late"]
        steps.append(
            f"**See to what is late**, first {line['person']} at {line['site']}: {line['what']}, {line['standing']}; "
            f"{wording.plural(buckets['late']['people'], 'person', 'people')} in all."
        )
    if "ready" in first:
        line, others = first["ready"], buckets["ready"]["people"] - 1
        steps.append(
            f"**Say what comes next** to {line['person']} at {line['site']}, {line['standing']}"
            + (f", and to {wording.plural(others, 'other')} who are ready for the next tier." if others else ".")
        )
    if "soon" in first:
        line = first["soon"]
        steps.append(
            f"**Plan ahead**: {wording.plural(buckets['soon']['things'], 'thing falls', 'things fall')} due, first on "
            f"{wording.day(line['due_on'])}: {line['what']} ({line['person']})."
        )
    return steps
