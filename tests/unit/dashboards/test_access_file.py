"""access.yml: what it gives to whom, and how every fault is named before the dashboard answers anybody."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dashboards.access import ROLES, Access, AccessError, Scope, read_access
from dashboards.app_pages import PAGES
from dashboards.serve import REPOSITORY, check_secrets, streamlit_options
from dashboards.signin import NoEntryError, SignInError, viewer_of

SOUND = """\
secrets: secrets.toml
people:
  - person: Sam@Example.org
    role: site_manager
    sites: [S02, S01]
  - person: pat@example.org
    role: people_manager
groups:
  - group: rx-hr
    role: hr
  - group: rx-analysts
    role: analyst
"""
SECRETS = """\
[auth]
redirect_uri = "https://ladder.example.org/oauth2callback"
cookie_secret = "0123456789012345678901234567890123456789"
client_id = "rxladder"
client_secret = "not-for-the-message"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder with nothing wrong in it."""
    (tmp_path / "access.yml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "secrets.toml").write_text(SECRETS, encoding="utf-8")
    (tmp_path / "secrets.toml").chmod(0o600)
    return tmp_path


def claims(**others: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "iat": time.time(), **others}


def test_roles_name_pages_that_exist_and_every_page_is_somebodys() -> None:
    addresses = {path for entries in PAGES.values() for path, _, _ in entries}
    assert {path for role in ROLES.values() for path in role.pages} == addresses
    assert set(ROLES["hr"].pages) == addresses
    assert [name for name, role in ROLES.items() if "exit_interviews" in role.pages or role.sees_exits] == ["hr"]


@pytest.mark.parametrize(
    ("who", "role", "scope"),
    [
        ({"email": "sam@example.ORG"}, "site manager", Scope(site_ids=("S01", "S02"))),
        ({"email": "pat@example.org"}, "people manager", Scope(manager="pat@example.org")),
        ({"email": "x@example.org", "groups": ["other", "rx-analysts", "rx-hr"]}, "HR", Scope()),
        ({"email": "x@example.org", "groups": ["rx-analysts"]}, "analyst", Scope()),
        ({"email": "sam@example.org", "groups": ["rx-hr"]}, "site manager", Scope(site_ids=("S01", "S02"))),
    ],
)
def test_a_persons_own_line_goes_before_their_groups(
    folder: Path, who: dict[str, Any], role: str, scope: Scope
) -> None:
    viewer = viewer_of(read_access(folder / "access.yml"), claims(**who))
    assert (viewer.role.title, viewer.scope) == (role, scope)


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"email": "stranger@example.org"}, "no role is given"),
        ({"email": "stranger@example.org", "groups": "rx-hr"}, "no role is given"),
        ({"email": "stranger@example.org", "groups": ["RX-HR"]}, "no role is given"),
        ({"email": "sam@example.org", "email_verified": False}, "not verified"),
        ({"email": ["sam@example.org"]}, "does not say who you are"),
        ({}, "does not say who you are"),
    ],
)
def test_whoever_is_not_named_is_refused(folder: Path, who: dict[str, Any], why: str) -> None:
    with pytest.raises(NoEntryError, match=why):
        viewer_of(read_access(folder / "access.yml"), claims(**who))


@pytest.mark.parametrize("signed_in", [{}, {"is_logged_in": False}, {"iat": None}, {"iat": time.time() - 13 * 3600}])
def test_a_sign_in_is_needed_and_ends(folder: Path, signed_in: dict[str, Any]) -> None:
    found = {"email": "sam@example.org", "is_logged_in": bool(signed_in), "iat": time.time(), **signed_in}
    with pytest.raises(SignInError):
        viewer_of(read_access(folder / "access.yml"), found)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("role: site_manager", "role: site_manger", "line 4: people.0.role: Input should be"),
        ("    sites: [S02, S01]\n", "", "line 3: people.0: a site manager needs sites: add `sites: [...]`"),
        ("sites: [S02, S01]", "sites: []", "a site manager needs sites"),
        (
            "role: people_manager",
            "role: people_manager\n    sites: [S01]",
            "line 6: people.1: sites go with site_manager",
        ),
        ("role: hr", "role: hr\n    employee_id: x", "line 9: groups.0: employee_id goes with people_manager only"),
        ("person: pat@example.org", "person: sam@example.org", "person Sam@Example.org is listed twice: keep one"),
        ("    role: hr", "    rolle: hr", "line 10: groups.0.rolle: no such key"),
        ("    role: hr", "    rolle: hr", "line 9: groups.0.role: this key is missing: add it"),
        ("secrets: secrets.toml", "", "secrets: this key is missing"),
        ("people:\n", "people: [\n", "not valid YAML"),
        ("group: rx-hr", "group: ''", "line 9: groups.0.group"),
    ],
)
def test_a_fault_is_named_with_line_and_cure(folder: Path, right: str, wrong: str, said: str) -> None:
    assert right in SOUND
    (folder / "access.yml").write_text(SOUND.replace(right, wrong), encoding="utf-8")
    with pytest.raises(AccessError) as refused:
        streamlit_options(folder, "localhost", 8501)
    assert str(folder / "access.yml") in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[auth]", "[sign_in]", "has no section [auth]"),
        ('client_id = "rxladder"\n', "", "[auth]: add client_id"),
        ("/oauth2callback", "/callback", "redirect_uri has to end with /oauth2callback"),
        ("0123456789012345678901234567890123456789", "short", "cookie_secret is shorter than 32 characters"),
        ('client_id = "rxladder"', "client_id = rxladder", "is not valid TOML"),
    ],
)
def test_secrets_that_cannot_work_are_refused_and_never_told(folder: Path, right: str, wrong: str, said: str) -> None:
    (folder / "secrets.toml").write_text(SECRETS.replace(right, wrong), encoding="utf-8")
    with pytest.raises(AccessError) as refused:
        streamlit_options(folder, "0.0.0.0", 8501)
    assert said in str(refused.value)
    assert "not-for-the-message" not in str(refused.value)


def test_secrets_are_nobody_elses_and_not_in_the_repository(folder: Path) -> None:
    (folder / "secrets.toml").chmod(0o604)
    with pytest.raises(AccessError, match="open to everybody on this machine: `chmod o="):
        streamlit_options(folder, "localhost", 8501)
    (folder / "secrets.toml").unlink()
    with pytest.raises(AccessError, match="No such file"):
        streamlit_options(folder, "localhost", 8501)
    with pytest.raises(AccessError, match="keep it elsewhere"):
        check_secrets(Access(secrets=REPOSITORY / "config" / "secrets.toml"), folder / "access.yml")


def test_the_network_is_answered_only_with_a_sign_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RXLADDER_ACCESS", "")  # put back afterwards
    options, said = streamlit_options(folder, "0.0.0.0", 8501)
    assert "--server.address=0.0.0.0" in options
    assert f"--secrets.files={folder / 'secrets.toml'}" in options
    assert "after they have signed in" in said
    (folder / "access.yml").unlink()
    options, said = streamlit_options(folder, "localhost", 8501)
    assert "--server.address=localhost" in options
    assert "this machine only" in said
    with pytest.raises(AccessError, match="nobody can sign in"):
        streamlit_options(folder, "0.0.0.0", 8501)


def test_the_example_is_sound() -> None:
    found = read_access(REPOSITORY / "config" / "access.example.yml")
    assert {one.role for one in (*found.people, *found.groups)} == set(ROLES)
