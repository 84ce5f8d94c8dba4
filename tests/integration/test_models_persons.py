"""The golden organisation with its people under other names, against itself with their employee ids.

A learning system knows people by e-mail, some by one that they had before, some by one that a leaver had before them; a
badge system by ids of its own that links explain; some came back under a new id. Links, addresses and job rows arrive
late or wrong and are put right. Once all is known, every table is what it is without any of this.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.integration.dbt_harness import FakeBatch, FakeWarehouse
from tests.integration.test_models_in_turn import GOLDEN, _read, _tables

pytestmark = pytest.mark.long  # two organisations, six builds
AS_OF = date(2025, 6, 17)
PERSONS = [
    *({"source": "lms", "feed": feed, "persons": "work_email"} for feed in ("completions", "assignments")),
    {"source": "badges", "feed": "credentials", "persons": "links"},
]
# Without what is made of aggregates; costs and the walk are here for the data tests that hold one against the other.
MODELS = (
    *("path:models/staging", "path:models/core", "path:models/marts/training", "path:models/marts/workforce"),
    *("path:models/restricted", "+person_candidates", "+person_review", "program_costs_by_month"),
)
Rows = list[dict[str, Any]]


def _by(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row["employee_id"], []).append(row)
    return found


class _Renamed:
    """The golden feeds with people under other names, in rounds."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.feeds: dict[str, Rows] = {file.stem: _read(file.stem) for file in sorted(GOLDEN.glob("*.csv"))}
        self.links: Rows = []
        for row in self.feeds["employees"]:
            row["work_email"] = row["work_email"] or f"{row['employee_id']}@example.org"
        self.first_emails = {row["employee_id"]: row["work_email"] for row in self.feeds["employees"]}
        self.last_emails = dict(self.first_emails)
        self.back = self._return_under_new_ids()
        self._pass_addresses_on()
        self._change_addresses()
        self._name_badges()

    def _return_under_new_ids(self) -> dict[str, str]:
        rehired = [row["employee_id"] for row in self.feeds["job_history"] if row["event"] == "rehire"]
        back = {person: f"N{person}" for person in rehired}
        for person, new_id in back.items():
            since = min(r["effective_on"] for r in _by(self.feeds["job_history"])[person] if r["event"] == "rehire")
            for feed, column in (("job_history", "effective_on"), ("evaluations", "evaluated_on")):
                for row in self.feeds[feed]:
                    if row["employee_id"] == person and row[column] >= since:
                        row["employee_id"] = new_id
            self._link("hris", new_id, person)
        return back

    def _link(self, source: str, person: str, employee_id: str) -> None:
        self.links.append({"stated_source": source, "person": person, "employee_id": employee_id})

    def _pass_addresses_on(self) -> None:
        """Where somebody left before another came, the later one gets the address."""
        jobs = {
            person: (
                min(row["effective_on"] for row in rows if row["event"] == "hire"),
                max((row["effective_on"] for row in rows if row["event"] == "termination"), default="9999"),
            )
            for person, rows in _by(self.feeds["job_history"]).items()
            if person not in self.back and any(row["event"] == "hire" for row in rows)
        }
        leavers = sorted((ended, person) for person, (_, ended) in jobs.items() if ended < "2024")[:12]
        comers = sorted(
            (began, person) for person, (began, ended) in jobs.items() if began > "2024" and ended == "9999"
        )[:12]
        self.pairs = [(early, late) for (_, early), (_, late) in zip(leavers, comers, strict=False)]
        assert len(self.pairs) > 5
        self.whole: dict[str, tuple[str, str]] = {}
        for early, late in self.pairs:
            self.first_emails[late] = self.last_emails[late] = self.first_emails[early]
            self.whole |= {early: jobs[early], late: (jobs[late][0], "9999")}

    def _change_addresses(self) -> None:
        """Records know people by what they had at first or have at last, in any case; where that fails, by a link."""
        changed = {p for p in self.first_emails if p not in self.whole and self.rng.random() < 0.3}
        for person in changed:
            self.first_emails[person] = f"was.{self.last_emails[person]}"
        for feed, column in (("completions", "completed_on"), ("assignments", "assigned_on")):
            for row in self.feeds[feed]:
                person = row["employee_id"]
                first, last = self.whole.get(person, ("0", "9999"))
                email = self.rng.choice((self.first_emails[person], self.last_emails[person]))
                if not first <= row[column] <= last:
                    email = f"{person}@elsewhere.org"
                    self._link("lms", email, person)
                row["employee_id"] = self.rng.choice((email, email.upper(), f" {email}"))
        self.links = list({(row["stated_source"], row["person"]): row for row in self.links}.values())

    def _name_badges(self) -> None:
        for person in _by(self.feeds["credentials"]):
            self._link("badges", f"badge-{person}", person)
        for row in self.feeds["credentials"]:
            row["employee_id"] = f"badge-{row['employee_id']}"

    def rounds(self) -> list[list[FakeBatch]]:
        sources = {"completions": "lms", "assignments": "lms", "credentials": "badges"}
        jobs = self.feeds["job_history"]
        new_ids = [row for row in jobs if row["employee_id"] in self.back.values()]
        late_jobs = [row for row in jobs if row not in new_ids and self.rng.random() < 0.3]
        early_jobs = [row for row in jobs if row not in late_jobs and row not in new_ids]
        people = self.feeds["employees"]
        first = [row | {"work_email": self.first_emails[row["employee_id"]]} for row in people]
        unknown = {row["employee_id"] for row in first if self.rng.random() < 0.2}
        known = [row | ({"work_email": None} if row["employee_id"] in unknown else {}) for row in first]
        last = [row | {"work_email": self.last_emails[row["employee_id"]]} for row in people]
        last += [{"employee_id": new, "full_name": "again"} for new in self.back.values()]
        # Newest names first: which of two rows of a person names them is the newest.
        again = [row for row in last if row["employee_id"] in self.back]
        half = self.links[::2]
        wrong = [row | {"employee_id": self.rng.choice(people)["employee_id"]} for row in half[::3]]
        others = [
            FakeBatch(feed, rows, sources.get(feed, "hris"))
            for feed, rows in self.feeds.items()
            if feed not in ("employees", "job_history")
        ]
        strays = [row | {"person": f"nobody-{n}"} for n, row in enumerate(half[:5])]
        return [
            [FakeBatch("employees", known), FakeBatch("job_history", early_jobs), *others],
            [FakeBatch("employees", first), FakeBatch("employees", last), FakeBatch("employees", again)],
            [FakeBatch("person_links", [*half, *wrong, *strays], "program"), FakeBatch("job_history", late_jobs)],
            [
                FakeBatch("person_links", self.links, "program"),
                FakeBatch("person_links", [row | {"is_deleted": True} for row in strays], "program"),
                FakeBatch("job_history", new_ids, mode="by_employee"),
            ],
        ]


Built = tuple[FakeWarehouse, FakeWarehouse, FakeWarehouse]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The rounds in turn, all of them at once, and the golden feeds as they are."""
    renamed = _Renamed(3)
    rounds = renamed.rounds()
    folder = tmp_path_factory.mktemp("persons")
    in_turn = FakeWarehouse(folder / "in_turn", AS_OF, {"persons": PERSONS})
    for batches in rounds:
        in_turn.add(*batches)
        in_turn.build(*MODELS)
    for other in ("at_once", "plain"):  # the parsed project is the same
        shutil.copytree(in_turn.folder / "target", folder / other / "target")
    at_once = FakeWarehouse(folder / "at_once", AS_OF, {"persons": PERSONS})
    at_once.add(*(batch for batches in rounds for batch in batches))
    at_once.build(*MODELS)
    plain = FakeWarehouse(folder / "plain", AS_OF)
    plain.add(*(FakeBatch(file.stem, _read(file.stem)) for file in sorted(GOLDEN.glob("*.csv"))))
    plain.build(*MODELS)
    yield in_turn, at_once, plain


def test_builds_in_turn_come_to_a_full_build(built: Built) -> None:
    in_turn, at_once, _ = built
    for table, columns in _tables(at_once).items():
        query = f"select {', '.join(columns)} from metrics.{table} order by all"
        assert in_turn.query(query) == at_once.query(query), table


def test_once_all_is_known_every_table_is_what_it_is_with_employee_ids(built: Built) -> None:
    _, at_once, plain = built
    for table, columns in _tables(plain).items():
        query = f"select {', '.join(columns)} from metrics.{table} order by all"
        assert at_once.query(query) == plain.query(query), table


def test_the_directory_lists_everybody_once(built: Built) -> None:
    in_turn, _, plain = built
    query = "select employee_key, employee_id, full_name from people.main.directory order by all"
    assert in_turn.query(query) == plain.query(query)
