"""The credential feeds: certificates and registrations, exam attempts, continuing education."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.columns import Table, Tables, dates, flags, numbers, pa, pick, record_ids, words
from pipelines.demo.dates import NEVER, Flags, Floats, Ints, add_months
from pipelines.demo.export import Export
from pipelines.demo.ladder import IMMUNIZATION, STERILE, T1
from pipelines.demo.program_feeds import CREDENTIAL_CODES, STATES, TRAINEE_STATES
from pipelines.demo.state import Columns

CPHT, EXCPT, CSPT, CPR, TRAINEE = (CREDENTIAL_CODES.index(c) for c in ("CPhT", "ExCPT", "CSPT", "CPR", "TRAINEE"))
# Item passed, credential that some earn for it: their share, its months, the wait in days. Everybody renews it, some
# of them up to half a year late.
FURTHER = ((STERILE, CSPT, 0.3, 12, 240), (IMMUNIZATION, CPR, 0.9, 24, 10))
RENEWS_LATE_SHARE, RENEWS_LATE_DAYS = 0.2, 180
ISSUERS = ("PTCB", "NHA", "PTCB", "PTCB", "American Heart Association", "State board")
ISSUER_OF = np.array([0, 0, 2, 1, 4, 5])
EXAMS = ("PTCE", "ExCPT")
PRIMARY_SOURCE_SHARE = 0.6
TOPICS = ("technician", "law", "patient_safety", "pharmacist", "sterile_compounding", "immunization")
AUDIENCES = ("technician", "pharmacist")
PROVIDERS = ("Pharmacist's Letter", "Power-Pak C.E.", "PTCB CE", "State association")
CREDITS_A_CYCLE = 11
AREAS = ("medications", "federal_requirements", "patient_safety", "order_entry")


def credential_feeds(export: Export) -> Tables:
    """credentials, exam_attempts, ce_credits."""
    # Of a person, not of an employment: whoever comes back renews the certificate they had.
    person = export.people.person
    takes_excpt = (export.rng(11).random(len(person)) < p.EXCPT_SHARE)[person]
    cycles = _cycles(export, takes_excpt)
    return {
        "credentials": _credentials(export, cycles),
        "exam_attempts": _exam_attempts(export, takes_excpt),
        "ce_credits": _ce_credits(export, cycles),
    }


def _until(export: Export, employment: Ints) -> Ints:
    return np.minimum(export.history.last_day[employment], export.organisation.window_end)


def _cycles(export: Export, takes_excpt: Flags) -> Columns:
    """Cycles of the technician certificate that somebody on record has had; of the old ones only the last."""
    rows = export.history.log.table("cycles")
    keep = export.history.is_on_record[rows["employment"]]
    keep &= rows["issued_on"] <= _until(export, rows["employment"])
    keep &= rows["expires_on"] >= export.organisation.window_start - 365
    rows = {name: values[keep] for name, values in rows.items()}
    return rows | {"code": np.where(takes_excpt[rows["employment"]], EXCPT, CPHT)}


def _further(export: Export) -> Columns:
    """Sterile and CPR certificates of those trained for it, and registrations of trainees in some states."""
    history, organisation = export.history, export.organisation
    rng = export.rng(12)
    parts: list[tuple[Ints, Ints, Ints, int]] = []
    training = history.log.table("training")
    for item, code, share, months, wait in FURTHER:
        rows = (training["item"] == item) & ~training["is_requalification"] & (training["completed_on"] < NEVER)
        rows &= training["has_passed"] & history.is_on_record[training["employment"]]
        employment, first = np.unique(training["employment"][rows], return_index=True)
        issued = training["completed_on"][rows][first] + wait
        chosen = rng.random(len(employment)) < share
        employment, issued = employment[chosen], issued[chosen]
        is_late = rng.random(len(employment)) < RENEWS_LATE_SHARE
        start = issued
        while (begun := start <= organisation.window_end).any():
            # Who is late has not renewed yet what ran out in the last half year.
            waits = is_late & (start > issued) & (start > organisation.window_end - RENEWS_LATE_DAYS)
            rows = begun & ~waits
            parts.append((employment[rows], start[rows], add_months(start[rows], months), code))
            start = add_months(start, months) + 1
    log = history.log.table("employments")
    is_trainee = history.has_known_start & history.is_on_record & ~log["is_certified"] & (log["tier"] == T1)
    is_trainee &= np.isin(STATES[log["site"] % len(STATES)], TRAINEE_STATES)
    employment = np.flatnonzero(is_trainee)
    issued = history.started_on[employment] + rng.integers(3, 30, len(employment))
    parts.append((employment, issued, np.full(len(employment), NEVER), TRAINEE))
    employment = np.concatenate([part[0] for part in parts])
    issued_on = np.concatenate([part[1] for part in parts])
    keep = issued_on <= np.minimum(history.last_day[employment], organisation.window_end)
    return {
        "employment": employment[keep],
        "issued_on": issued_on[keep],
        "expires_on": np.concatenate([part[2] for part in parts])[keep],
        "code": np.concatenate([np.full(len(part[0]), part[3]) for part in parts])[keep],
    }


def _credentials(export: Export, cycles: Columns) -> Table:
    further = _further(export)
    rows = {name: np.concatenate([cycles[name], further[name]]) for name in further}
    order = np.lexsort((rows["code"], rows["employment"], rows["issued_on"]))
    rows = {name: values[order] for name, values in rows.items()}
    count, code = len(order), rows["code"]
    luck = export.rng(13).random((2, count))
    is_checked = luck[0] < PRIMARY_SOURCE_SHARE
    verified_on = rows["issued_on"] + 2 + np.floor(25 * luck[1]).astype(np.int64)
    verified_on = np.maximum(verified_on, export.history.started_on[rows["employment"]])
    verified_on[~is_checked | (verified_on > export.organisation.window_end)] = NEVER
    is_checked = verified_on < NEVER
    # A certificate keeps its number from cycle to cycle.
    salt = export.rng(14).permutation(len(export.history.started_on))
    number = 10_000_000 + 8 * salt[rows["employment"]] + code
    text = pa.array(number).cast(pa.string())
    states = STATES[export.history.log.table("employments")["site"][rows["employment"]] % len(STATES)]
    codes = {state: place for place, state in enumerate(TRAINEE_STATES)}
    jurisdiction = np.array([codes.get(state, -1) for state in states.tolist()])
    return pa.table(
        {
            "credential_id": record_ids("CR", count),
            "employee_id": export.employees(rows["employment"]),
            "credential_code": words(code, CREDENTIAL_CODES),
            "issuer": words(ISSUER_OF[code], ISSUERS),
            "certification_number": text,
            "jurisdiction": words(np.where(code == TRAINEE, jurisdiction, -1), TRAINEE_STATES),
            "issued_on": dates(rows["issued_on"]),
            "expires_on": dates(rows["expires_on"]),
            "status": words(np.zeros(count, np.int64), ("active",)),
            "status_on": dates(np.full(count, NEVER)),
            "verification": words((~is_checked).astype(np.int64), ("primary_source", "self_reported")),
            "verified_on": dates(verified_on),
        }
    )


def _exam_attempts(export: Export, takes_excpt: Flags) -> Table:
    """Attempts as simulated, and up to three practice exams in the two months before each."""
    rows = export.history.during_employment("exams", "day")
    count = len(rows["day"])
    rng = export.rng(15)
    employment, day, passed = [rows["employment"]], [rows["day"]], [rows["has_passed"]]
    is_practice = [np.zeros(count, np.bool_)]
    for ahead in (6, 20, 41):
        chosen = rng.random(count) < 0.6
        practice_day = rows["day"] - ahead - rng.integers(0, 12, count)
        chosen &= practice_day >= np.maximum(
            export.history.started_on[rows["employment"]], export.organisation.window_start
        )
        employment.append(rows["employment"][chosen])
        day.append(practice_day[chosen])
        passed.append(rows["has_passed"][chosen])
        is_practice.append(np.ones(int(chosen.sum()), np.bool_))
    who, when = np.concatenate(employment), np.concatenate(day)
    practice, is_good = np.concatenate(is_practice), np.concatenate(passed)
    order = np.lexsort((practice, who, when))
    who, when, practice, is_good = who[order], when[order], practice[order], is_good[order]
    luck = rng.random((1 + len(AREAS), len(order)))
    share = np.where(is_good, 0.72 + 0.2 * luck[0], 0.5 + 0.19 * luck[0])
    score = np.where(is_good, 1400 + 200 * luck[0], 1180 + 215 * luck[0])
    areas = {
        name: numbers(np.clip(100 * share + 24 * (luck[1 + row] - 0.5) - 4 * (row == 1), 0, 100), 0)
        for row, name in enumerate(AREAS)
    }
    return pa.table(
        {
            "attempt_id": record_ids("EX", len(order)),
            "employee_id": export.employees(who),
            "exam_code": words(takes_excpt[who].astype(np.int64), EXAMS),
            "is_practice": flags(practice),
            "taken_on": dates(when),
            "score": numbers(score, 0),
            "passed": flags(is_good, present=~practice),
            **areas,
        }
    )


def _ce_credits(export: Export, cycles: Columns) -> Table:
    """Credits towards each cycle's renewal, while on record; some cycles fall a little short."""
    organisation = export.organisation
    reaches = cycles["expires_on"] >= organisation.window_start
    employment = np.repeat(cycles["employment"][reaches], CREDITS_A_CYCLE)
    start = np.repeat(cycles["issued_on"][reaches], CREDITS_A_CYCLE)
    end = np.repeat(cycles["expires_on"][reaches], CREDITS_A_CYCLE)
    slot = np.tile(np.arange(CREDITS_A_CYCLE), int(reaches.sum()))
    rng = export.rng(16)
    luck: Floats = rng.random((3, len(slot)))
    day = start + np.floor((end - start) * np.sqrt((slot + luck[0]) / CREDITS_A_CYCLE)).astype(np.int64)
    # The first two of a cycle are law and patient safety; the rest mostly the technician's own.
    topic = np.select([slot == 0, slot == 1], [1, 2], np.array([0, 3, 4, 5])[pick(luck[1], (0.82, 0.08, 0.05, 0.05))])
    hours = np.where(slot < 2, 1.0, np.array([1.0, 2.0, 2.5])[pick(luck[2], (0.15, 0.5, 0.35))])
    is_earned = rng.random(len(slot)) > 0.03
    keep = is_earned & (day >= organisation.window_start) & (day <= _until(export, employment))
    keep &= day >= export.history.started_on[employment]
    order = np.flatnonzero(keep)
    order = order[np.lexsort((slot[order], employment[order], day[order]))]
    provider = np.floor(len(PROVIDERS) * luck[0]).astype(np.int64)
    titles = [f"{name.replace('_', ' ').capitalize()} update {number}" for name in TOPICS for number in range(1, 13)]
    title = topic * 12 + slot
    return pa.table(
        {
            "ce_id": record_ids("CE", len(order)),
            "employee_id": export.employees(employment[order]),
            "earned_on": dates(day[order]),
            "hours": numbers(hours[order], 1),
            "topic": words(topic[order], TOPICS),
            "audience": words((topic[order] == TOPICS.index("pharmacist")).astype(np.int64), AUDIENCES),
            "is_accepted": flags((luck[0] > 0.02)[order]),
            "provider": words(provider[order], PROVIDERS),
            "title": words(title[order], titles),
        }
    )
