"""What is seldom meant stops a sync with what it would do and the option that means it; what is published stays."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.orchestration import meant, stops
from pipelines.orchestration.sync_request import SyncError, SyncRequest
from tests.integration.cli import Ended, copied, environment, published, release_id, rxladder, said
from tests.integration.test_cases_values import BASE

PEOPLE = [f"{n:05}" for n in range(1, 51)]
HIRES = "employee_id,effective_on,event,job_code,site_id,employment_class\n" + "".join(
    f"{one},2024-02-01,hire,PT1,S1,full_time\n" for one in PEOPLE
)
LEAVERS = "employee_id,effective_on,event,job_code,site_id,employment_class,separation_type\n" + "".join(
    f"{one},2026-06-30,termination,PT1,S1,full_time,voluntary\n" for one in PEOPLE[:12]
)
DONE = "employee_id,course_id,completed_on\n00001,PRIV,2024-05-01\n"
OTHER_KEY = environment(RXLADDER_EMPLOYEE_KEY="another-key-of-the-tests-01234567")


def configured(folder: Path, more: str = "") -> Path:
    """The folder of settings with these lines more in the source's."""
    (folder / "rxladder.yml").write_text(
        f"timezone: America/Chicago\nsources:\n  - name: hris\n    exports: exports\n{more}", encoding="utf-8"
    )
    return folder


def synced(folder: Path, *arguments: object, env: dict[str, str] | None = None) -> Ended:
    return rxladder("sync", "--config", folder, "--data", folder / "data", *arguments, env=env)


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty people, synced without naming a day."""
    folder = tmp_path_factory.mktemp("stops")
    (folder / "exports").mkdir()
    employees = "employee_id,full_name\n" + "".join(f"{one},Person {one}\n" for one in PEOPLE)
    for name, text in (BASE | {"employees.csv": employees, "job_history.csv": HIRES, "completions.csv": DONE}).items():
        (folder / "exports" / name).write_text(text, encoding="utf-8")
    ended = synced(configured(folder))
    assert ended.returncode in (0, 3), said(ended)
    return folder


@pytest.fixture
def again(organisation: Path, tmp_path: Path) -> Path:
    """A copy of the organisation to do something to."""
    shutil.copytree(organisation / "exports", tmp_path / "exports")
    copied(organisation / "data", tmp_path / "data")
    return configured(tmp_path)


def test_what_changes_who_is_who_or_goes_back_is_stopped(organisation: Path, again: Path) -> None:
    before, landed = release_id(again / "data"), sorted((again / "data" / "landing").rglob("manifest.json"))

    def stopped(*arguments: object, env: dict[str, str] | None = None) -> str:
        ended = synced(again, *arguments, env=env)
        assert ended.returncode == 1, said(ended)
        assert "Traceback" not in said(ended)
        assert release_id(again / "data") == before
        assert sorted((again / "data" / "landing").rglob("manifest.json")) == landed
        return " ".join(ended.stderr.split())

    other_key = stopped(env=OTHER_KEY)
    assert "every employee_key would change" in other_key and "--new-employee-key" in other_key
    lost = stopped(env=environment(RXLADDER_EMPLOYEE_KEY=None))
    assert "there is no employee key" in lost
    assert not (again / "data" / "restricted" / "employee_key.secret").exists()

    earlier = stopped("--as-of", "2023-12-31")
    assert "--as-of 2023-12-31 goes back behind what is published" in earlier and "--accept-date" in earlier
    assert "--as-of 2999-01-01 is years ahead" in stopped("--as-of", "2999-01-01")

    configured(again, "    id_prefix: A-\n")
    (again / "exports" / "employees.csv").write_text(
        (organisation / "exports" / "employees.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    prefixed = stopped()
    assert "id_prefix of source hris was '' and is 'A-' now" in prefixed and "--accept-new-ids hris" in prefixed
    assert rxladder("status", "--data", again / "data").returncode == 3

    configured(again, "    persons: {completions: work_email}\n")
    assert "what source hris calls people by in completions (persons) was employee_id" in stopped()

    release = again / "data" / "releases" / before / "metrics.duckdb"
    with duckdb.connect(str(release)) as connection:
        connection.execute("update quality.release set published_at = published_at + interval 2 day")
    configured(again)
    assert "Set the clock" in stopped()


def test_many_who_left_on_one_day_stop_until_the_day_is_named(again: Path) -> None:
    """12 of 50; accepted together with another employee key, and not asked again."""
    (again / "exports" / "job_history_2.csv").write_text(LEAVERS, encoding="utf-8")
    before = release_id(again / "data")
    ended = synced(again)
    assert ended.returncode == 1, said(ended)
    for words in ("12 of 50 people left on 2026-06-30", "job_history_2.csv", "--accept-leavers 2026-06-30"):
        assert words in " ".join(ended.stderr.split())
    assert release_id(again / "data") == before

    accepted = synced(again, "--accept-leavers", "2026-06-30", "--new-employee-key", env=OTHER_KEY)
    assert accepted.returncode in (0, 3), said(accepted)
    with published(again / "data") as connection:
        left = connection.execute(
            "select last_day_on, count(*) from metrics.core.fct_separations group by 1"
        ).fetchall()
    assert left == [(date(2026, 6, 30), 12)]
    assert "Nothing new" in synced(again, env=OTHER_KEY).stdout


def test_a_past_state_and_what_is_said_to_be_meant_are_not_stopped(organisation: Path) -> None:
    def asked(as_of_on: date, known_at_seq: int | None = None, *, dates: bool = False) -> SyncRequest:
        return SyncRequest(
            organisation / "data", [], as_of_on, known_at_seq, None, b"{}", 1, "1GB", meant=meant.Meant(dates=dates)
        )

    with pytest.raises(SyncError, match="goes back"):
        stops.stop_at_dates(asked(date(2023, 12, 31)))
    stops.stop_at_dates(asked(date(2023, 12, 31), 3))
    stops.stop_at_dates(asked(date(2023, 12, 31), dates=True))
    told_through = meant.default_as_of(organisation / "data")
    assert told_through is not None
    stops.stop_at_dates(asked(told_through))


def test_a_refused_roster_is_said_first_and_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    for name in ("sites.csv", "tiers.csv", "tier_paths.csv", "job_tiers.csv"):
        (tmp_path / "exports" / name).write_text(BASE[name], encoding="utf-8")
    (tmp_path / "exports" / "roster_20260101.csv").write_text("name,job_code\nAnn,PT1\n", encoding="utf-8")
    ended = synced(configured(tmp_path))
    assert ended.returncode == 1, said(ended)
    assert "Failed: refused r00001 (roster): roster_20260101.csv" in ended.stderr
    assert "mend what was refused, or accept it" in ended.stderr
    assert "will do too" not in ended.stderr and "put a file" not in ended.stderr
