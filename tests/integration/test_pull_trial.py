"""`source test`: a little of each list is asked for, however much there is, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.pulled import Preview
from pipelines.connectors.rest.preview import try_source
from pipelines.connectors.rest.spec import SourceSpec
from tests.integration import bamboohr, moodle, moodle_kit
from tests.integration.interface import Reply, serving
from tests.integration.moodle_kit import with_categories
from tests.integration.pull_kit import TOKEN, example, pages, source


def tried(spec: SourceSpec, folder: Path) -> dict[str, Preview]:
    folder.mkdir(exist_ok=True)
    found, _ = try_source(spec, folder / "tried", folder, "America/New_York")
    return {one.feed: one for one in found}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"BAMBOOHR_API_KEY": bamboohr.KEY, "MOODLE_TOKEN": moodle.TOKEN, "RXL_TEST_TOKEN": TOKEN}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)


def test_of_a_long_list_the_first_page_is_asked_for(tmp_path: Path) -> None:
    with serving(pages()) as interface:
        found = tried(source(interface.url), tmp_path)["completions"]
    assert len(interface.asked) == 1
    assert found.reason is None
    assert (found.filled[""], found.filled["score"], len(found.rows)) == (10, 10, 5)


def test_of_thousands_of_people_a_few_are_asked_about(tmp_path: Path) -> None:
    bamboo = bamboohr.BambooHR()
    for number in range(2000):
        bamboo.hire(str(number), f"N{number}", "Nash", "2024-05-06")
    bamboo.restricted, bamboo.forbidden = {"workEmail"}, {"compensation"}
    with serving(bamboo) as interface:
        found = tried(example("bamboohr", interface.url), tmp_path)
    assert len(interface.asked) == 4 + 3 * 3 + 1
    assert (found["employees"].filled[""], found["employees"].filled["work_email"]) == (100, 0)
    jobs = found["job_history"]
    assert (jobs.filled[""], jobs.filled["job_code"], jobs.filled["hourly_rate"]) == (3, 3, 0)
    said = " ".join([*found["employees"].notes, *jobs.notes])
    assert "may not read workEmail" in said
    assert "no right to compensation" in said
    assert "jobs: tried for 3 of the first 10 that lead to it" in said


def test_a_fan_out_of_fan_outs_stays_small(tmp_path: Path) -> None:
    made = moodle.Moodle()
    for number in range(2, 200):
        made.course(number, f"Course {number}")
    for number in range(1000, 1900):
        made.user(number, f"E{number}", *range(2, 50))
        made.complete(number, 2, 1735732800, points=15)
    with serving(made) as interface:
        found = tried(with_categories("moodle", interface.url), tmp_path)
    assert len(interface.asked) < 1 + 4 * 40 + 1, "courses, who is enrolled, theirs, what they completed, its grades"
    assert set(found["completions"].filled.values()) == {40}, "every column has its value"
    assert "have ended" not in " ".join(found["completions"].notes), "nothing is said of who was not asked about"


def test_each_right_and_function_that_a_moodle_lacks_is_said(tmp_path: Path) -> None:
    made, _ = moodle_kit.organisation()
    made.rights, made.separate_groups = {*moodle.ENOUGH}, {7}
    with serving(made) as interface:
        spec = with_categories("moodle", interface.url)

        def said(*missing: str) -> str:
            made.rights, made.functions = {*moodle.ENOUGH} - {*missing}, {*moodle.FUNCTIONS} - {*missing}
            found = tried(spec, tmp_path / "-".join(missing).replace("/", "-"))
            return " ".join(str(part) for one in found.values() for part in (one.reason, *one.notes))

        assert not any(right in said() for right in moodle.ENOUGH - {"report/completion:view"})
        for missing in [
            *moodle.ENOUGH - {"moodle/course:view"},
            *moodle.FUNCTIONS - {"core_reportbuilder_retrieve_report"},
        ]:
            assert missing in said(missing), missing


def test_what_nothing_leads_to_is_said(tmp_path: Path) -> None:
    made = moodle.Moodle()
    made.course(2, "Nobody is enrolled")
    with serving(made) as interface:
        found = tried(with_categories("moodle", interface.url), tmp_path)
    assert any("users_courses: not tried" in note for note in found["completions"].notes)


BAD: dict[str, tuple[Reply, str]] = {
    "credentials": (Reply({}, 401), "refuses the credentials"),
    "rights": (Reply({}, 403), "no right to done"),
    "login page": (Reply(b"<html>log in</html>"), "a web page"),
    "another field": (Reply({"data": [{"id": "c1"}], "total": 1}), "user.number is in no record"),
}


@pytest.mark.parametrize("case", BAD)
def test_why_it_cannot_be_pulled(case: str, tmp_path: Path) -> None:
    reply, reason = BAD[case]
    with serving(lambda _: reply) as interface:
        found: Any = tried(source(interface.url), tmp_path)["completions"]
    assert reason in found.reason
    assert TOKEN not in found.reason
