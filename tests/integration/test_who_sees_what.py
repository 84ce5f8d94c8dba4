"""Every viewer on every page: what stands there, what its downloads hold, and what the log says of it."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboards.access import ROLES, RoleName
from tests.integration.cli import copied, published
from tests.integration.dashboard_kit import ADDRESSES, Dashboard, Drawn

ACCESS = """
secrets: secrets.toml
people:
  - {person: exec@example.org, role: executive}
  - {person: site@example.org, role: site_manager, sites: [S01]}
  - {person: sites@example.org, role: site_manager, sites: [S02, S01]}
  - {person: p0@example.org, role: people_manager}
  - {person: lead@example.org, role: people_manager, employee_id: "00015"}
  - {person: ana@example.org, role: analyst}
groups:
  - {group: rx-hr, role: hr}
"""
ROLE_OF: dict[str, RoleName] = {
    "exec@example.org": "executive", "site@example.org": "site_manager", "sites@example.org": "site_manager",
    "p0@example.org": "people_manager", "lead@example.org": "people_manager", "ana@example.org": "analyst",
    "hr@example.org": "hr",
}  # fmt: skip
SITES_OF = {"site@example.org": {"S01"}, "sites@example.org": {"S01", "S02"}}
MANAGER_OF = {"p0@example.org": "00000", "lead@example.org": "00015"}
NAME, KEY = re.compile(r"\b(?:Person|Edge) \d+"), re.compile(r"\b[0-9a-f]{16}\b")


Draw = Callable[..., Drawn]


@pytest.fixture
def draw(golden_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """A function of a person, an address and its parameters: what they see of a copy of the golden organisation."""
    data = copied(golden_data, tmp_path / "data")
    shutil.rmtree(data / "access", ignore_errors=True)
    (tmp_path / "access.yml").write_text(ACCESS, encoding="utf-8")
    dashboard = Dashboard(data, monkeypatch, tmp_path / "access.yml")
    return lambda person, path, /, **parameters: dashboard.draw(path, person, **parameters)


@pytest.fixture(scope="module")
def people(golden_data: Path) -> pd.DataFrame:
    """Everybody in the directory with what dim_employees says of them today."""
    with published(golden_data) as connection:
        return connection.execute(
            "select d.*, e.site_id, e.is_active, e.manager_key as boss from people.directory d"
            " left join metrics.core.dim_employees e using (employee_key)"
        ).df()


def entitled(people: pd.DataFrame, person: str) -> pd.DataFrame:
    """The people whose rows a viewer may see."""
    active = people[people["is_active"].fillna(False).astype(bool)]
    if person in SITES_OF:
        return active[active["site_id"].isin(SITES_OF[person])]
    if person in MANAGER_OF:
        me = people.loc[people["employee_id"] == MANAGER_OF[person], "employee_key"].iloc[0]
        found: set[str] = set()
        above = {me}
        while above:
            above = set(active.loc[active["boss"].isin(above), "employee_key"]) - found - {me}
            found |= above
        return active[active["employee_key"].isin(found)]
    return people.head(0) if ROLE_OF[person] == "executive" else people


def spoil(file: Path) -> None:
    """Whoever opens this file now fails."""
    file.unlink()
    file.write_text("not a database", encoding="utf-8")


@pytest.mark.parametrize("person", ROLE_OF)
def test_a_viewer_sees_what_is_theirs_on_every_page(
    draw: Draw, people: pd.DataFrame, tmp_path: Path, person: str
) -> None:
    role, own = ROLES[ROLE_OF[person]], entitled(people, person)
    others = people[~people["employee_key"].isin(own["employee_key"])]
    assert role.title == "executive" or len(own) >= 2, "a scope worth trying"
    release = (tmp_path / "data" / "current").resolve()
    if not role.sees_names:
        spoil(release / "restricted" / "people.duckdb")
    if not role.sees_rows:
        spoil(release / "metrics.duckdb")
    seen: dict[str, set[str]] = {}
    for path in ADDRESSES:
        drawn = draw(person, path)
        if path not in role.pages:
            assert f"not open to the role {role.title}" in drawn.words, path
            assert (drawn.shown, drawn.files) == (0, {}), path
            continue
        names, keys = set(NAME.findall(drawn.said())), set(KEY.findall(drawn.said()))
        assert not names & set(others["full_name"]), path
        assert not keys & set(others["employee_key"]), path
        if person in SITES_OF:
            told = set(re.findall(r"\bS0\d\b", drawn.said())) | {
                f"S0{number}" for number in re.findall(r"\bSite (\d)\b", drawn.said())
            }
            assert told <= SITES_OF[person], path
        if names:
            seen[path] = names
    assert bool(seen) == role.sees_names
    _check_log(tmp_path / "data" / "access" / "views.jsonl", person, seen, people)


def _check_log(log: Path, person: str, seen: dict[str, set[str]], people: pd.DataFrame) -> None:
    """Every page that showed a name has its lines, and no line has a name."""
    if not seen:
        assert not log.exists()
        return
    text = log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0
    assert not NAME.search(text)
    assert not KEY.search(text)
    assert not set(people["work_email"].dropna()) & set(re.findall(r"[\w.]+@[\w.]+", text)) - {person}
    lines = pd.DataFrame(map(json.loads, text.splitlines()))
    assert set(lines["viewer"]) == {person}
    assert len(set(lines["scope"])) == 1
    assert lines["at"].str.match(r"20\d\d-\d\d-\d\dT").all()
    shown = lines[lines["what"].isin(["names", "exit interviews"])]
    assert set(shown["page"]) == set(seen)
    for path, names in seen.items():
        assert shown.loc[shown["page"] == path, "people"].sum() >= len(names), path
    downloads = lines[lines["what"].str.startswith("download")]
    assert (downloads["page"].isin(set(seen)) & (downloads["rows"] > 0)).all()
    assert "employee" in seen or not downloads.empty


@pytest.mark.parametrize("person", ["stranger@example.org", None])
def test_whoever_has_no_role_sees_an_explanation_and_no_figure(draw: Draw, person: str | None) -> None:
    for path in ADDRESSES:
        drawn = draw(person, path)
        assert (drawn.shown, drawn.files) == (0, {}), path
        assert re.search("no role is given to you|Sign in to see", drawn.words)


def test_an_address_that_names_others_opens_nothing(draw: Draw, people: pd.DataFrame) -> None:
    for person in ("site@example.org", "p0@example.org"):
        others = people[~people["employee_key"].isin(entitled(people, person)["employee_key"])]
        for key in others["employee_key"].head(2):
            drawn = draw(person, "employee", person=key, where="site:S00")
            assert "choose one" in drawn.words
            assert drawn.shown == 0
    for where in ("site:S00", "region:North", "all", "site:S00' or true --"):
        drawn = draw("site@example.org", "turnover", where=where)
        assert not re.search("S00|Site 0|North|whole organisation", drawn.said())


def test_an_answer_kept_for_one_viewer_is_not_given_to_another(draw: Draw, people: pd.DataFrame) -> None:
    for path in ("people", "readiness", "turnover"):  # the same questions, first by who sees all
        everybody = draw("hr@example.org", path)
        for person in ("site@example.org", "p0@example.org", "ana@example.org"):
            theirs, own = draw(person, path), set(entitled(people, person)["full_name"])
            if person != "ana@example.org":  # an analyst sees everybody's rows
                assert theirs.files != everybody.files, (person, path)
            assert set(NAME.findall(theirs.said())) <= (own if ROLES[ROLE_OF[person]].sees_names else set()), person


def test_figures_of_a_site_are_the_same_for_its_manager_and_for_hr(draw: Draw) -> None:
    managers = draw("site@example.org", "turnover")
    hr = draw("hr@example.org", "turnover", where="site:S01")
    found, wanted = (pd.read_csv(io.BytesIO(one.files["turnover-months.csv"])) for one in (managers, hr))
    pd.testing.assert_frame_equal(found, wanted)


def test_names_that_cannot_be_noted_are_not_shown(draw: Draw, tmp_path: Path) -> None:
    (tmp_path / "data" / "access").write_text("in the way", encoding="utf-8")
    with pytest.raises(AssertionError, match="encountered an error"):
        draw("hr@example.org", "people")


def test_a_line_taken_out_of_the_file_counts_at_once(draw: Draw, tmp_path: Path) -> None:
    assert draw("ana@example.org", "readiness").shown
    file = tmp_path / "access.yml"
    file.write_text(ACCESS.replace("  - {person: ana@example.org, role: analyst}\n", ""), encoding="utf-8")
    assert "no role is given to you" in draw("ana@example.org", "readiness").words
    file.write_text(ACCESS.replace("analyst", "analist"), encoding="utf-8")
    assert "has a fault" in draw("hr@example.org", "readiness").words
    file.unlink()
    assert "has a fault" in draw("hr@example.org", "readiness").words
