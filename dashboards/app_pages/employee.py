"""Where does one person stand, and what comes next?"""

from typing import Any

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, palette, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import employee
from dashboards.questions import people as people_due

MOST_TO_CHOOSE_FROM = 2000  # people in a list


def page() -> None:
    """The page."""
    st.title("Where does one person stand?", anchor=False)
    components.state_of_data()
    left, right, _ = st.columns([2, 2, 1], gap="medium")
    with left:
        cell = cells.Cell(components.choice("Where", "where", cells.places()))
    size = people_due.size(cell)
    if not size:
        components.answer("Nobody is on the ladder here today.")
        components.empty("No one to show.", "Choose another place.")
        return
    if size > MOST_TO_CHOOSE_FROM:
        components.answer(f"{wording.count(size)} people are on the ladder here: choose a smaller place first.")
        components.empty(
            "Too many to choose from.", f"Persons are on offer where there are at most {MOST_TO_CHOOSE_FROM:,}."
        )
        return
    people = employee.people(cell)
    people = sources.with_names(people).sort_values("person")
    labels = {line.employee_key: f"{line.person}, {line.tier}" for line in people.itertuples(index=False)}
    with right:
        key = components.choice("Person", "person", {"": "Choose a person", **labels})
    if not key:
        components.answer(f"{wording.plural(len(people), 'person is', 'people are')} on the ladder here: choose one.")
        components.empty(
            "Nobody chosen.", "The path, the requirements, skills and credentials of a person appear here."
        )
        return
    name = labels[key].rpartition(", ")[0]
    person, requirements = employee.person(key), employee.requirements(key)
    skills, credentials = employee.skills(key), employee.credentials(key)
    _answer(name, person, requirements)
    _figures(person, requirements, skills, credentials)
    _path(name, employee.path(key))
    _requirements(requirements)
    _skills(skills)
    _credentials(credentials)
    components.steps(_steps(requirements, skills, credentials))
    components.method(
        "A person's own records as of the day of the data; a requirement in force today, met or not.",
        "core.fct_tier_spells", "marts.promotion_requirements", "marts.training_matrix", "marts.credential_renewals",
    )  # fmt: skip


def _answer(name: str, person: dict[str, Any], requirements: Frame) -> None:
    where = f"{name} is {person.get('title') or 'outside the ladder'} at {person.get('site') or 'no site'}"
    if requirements.empty:
        components.answer(f"{where}; no next tier has requirements.")
        return
    unmet = requirements[~requirements["is_met"]]
    tiers = requirements.groupby("to_title")["is_met"].all()
    ready = list(tiers[tiers].index)
    if ready:
        components.answer(
            f"{where} and ready for {wording.listed(ready)}.", "Because every requirement in force is met."
        )
        return
    causes = [wording.words(cause).lower() for cause in unmet["cause"].dropna().drop_duplicates()]
    components.answer(
        f"{where}; {wording.plural(len(unmet), 'requirement is', 'requirements are')} still open.",
        f"Because: {wording.listed(causes)}.",
    )


def _figures(person: dict[str, Any], requirements: Frame, skills: Frame, credentials: Frame) -> None:
    tenure = person.get("tenure_days")
    required = skills[skills["is_required"]]
    valid = required["status"].isin(["current", "expiring"]).sum()
    components.figures(
        [
            Figure("With us for", f"{tenure / 365.25:.1f} years" if tenure is not None else "unknown", ["" if tenure is not None else "the start is not on record", wording.words(str(person.get("employment_class") or ""))]),
            Figure("Requirements met", wording.count(requirements["is_met"].sum()), [f"of {len(requirements)}"]),
            Figure("Required skills valid", wording.count(valid), [f"of {len(required)}"]),
            Figure("Credentials in force", wording.count((credentials["status"] != "lapsed").sum()), [f"{int((credentials['status'] == 'lapsed').sum())} lapsed"]),
        ]
    )  # fmt: skip


def _path(name: str, path: Frame) -> None:
    if path.empty:
        return
    shown = path.assign(
        start_reason=path["start_reason"].map(wording.words), end_reason=path["end_reason"].map(wording.words)
    )
    components.chart(
        f"{wording.plural(len(path), 'stay')} in {wording.plural(path['tier'].nunique(), 'tier')}", f"The path of {name} by tier",
        charts.path(shown, palette.tier_scale(list(cells.tier_titles().values()))), "employee-path", "Tiers held over time.",
        shown, {"tier": ("Tier", "text"), "started_on": ("From", "date"), "ended_on": ("Until before", "date"), "days": ("Days", "count"),
                "start_reason": ("Began by", "text"), "end_reason": ("Ended by", "text")}, of="core.fct_tier_spells",
    )  # fmt: skip


def _requirements(requirements: Frame) -> None:
    if requirements.empty:
        return
    shown = requirements.assign(
        kind=requirements["kind"].map(wording.words),
        cause=requirements["cause"].map(wording.words, na_action="ignore").fillna(""),
    )
    components.listing(
        "What the next tier asks", "Open requirements first",
        shown, {"to_title": ("Tier", "text"), "kind": ("Requirement", "text"), "target": ("Of", "text"), "value": ("Has", "number"),
                "threshold": ("Needs", "number"), "is_met": ("Met", "yes"), "cause": ("What stands in the way", "text")}, "employee-requirements",
        of="marts.promotion_requirements",
    )  # fmt: skip


def _skills(skills: Frame) -> None:
    if skills.empty:
        return
    components.listing(
        "Skills", "Required ones first", skills.assign(status=skills["status"].map(wording.words)),
        {"skill": ("Skill", "text"), "status": ("Status", "text"), "qualified_on": ("Qualified on", "date"),
         "expires_on": ("Expires on", "date"), "is_required": ("Required", "yes")}, "employee-skills",
        of="marts.training_matrix",
    )  # fmt: skip


def _credentials(credentials: Frame) -> None:
    if credentials.empty:
        st.markdown("### Credentials")
        components.empty("No credential with an expiry", "is on record.")
        return
    components.listing(
        "Credentials", "Soonest expiry first", credentials.assign(status=credentials["status"].map(wording.words)),
        {"credential_code": ("Credential", "text"), "issued_on": ("Issued", "date"), "expires_on": ("Expires on", "date"),
         "status": ("Status", "text"), "ce_hours_earned": ("Hours earned", "number"), "ce_hours_short": ("Hours short", "number")},
        "employee-credentials", of="marts.credential_renewals",
    )  # fmt: skip


def _steps(requirements: Frame, skills: Frame, credentials: Frame) -> list[str]:
    steps: list[str] = []
    unmet = requirements[~requirements["is_met"]] if not requirements.empty else requirements
    for line in unmet.head(1).itertuples(index=False):
        steps.append(
            f"**{wording.words(line.kind)} {line.target or ''}** for {line.to_title}: {wording.words(line.cause).lower()}."
        )
    for line in skills[skills["status"] == "expiring"].head(1).itertuples(index=False):
        steps.append(f"**Requalify in {line.skill}** before {wording.day(line.expires_on)}.")
    for line in credentials[credentials["status"] != "current"].head(1).itertuples(index=False):
        steps.append(
            f"**Renew {line.credential_code}**: {'lapsed' if line.status == 'lapsed' else 'expires'} on {wording.day(line.expires_on)}."
        )
    return steps
