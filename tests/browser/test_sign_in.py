"""Each role signs in at a real OpenID provider and goes where it may and may not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from dashboards.access import ROLES, RoleName
from dashboards.app_pages import PAGES
from tests.browser.conftest import Serve, Served, Visitor, free_port, wait_until_up
from tests.browser.test_pages import COMPLAINT
from tests.integration.cli import copied, rxladder, said

TITLES = {path: title for entries in PAGES.values() for path, title, _ in entries}
ROLE_OF: dict[str, RoleName] = {
    "exec": "executive", "site": "site_manager", "p0": "people_manager", "ana": "analyst", "hr": "hr",
}  # fmt: skip
FIGURES = '[data-testid="stDataFrame"], [data-testid="stMetric"]'
ACCESS = """
secrets: {secrets}
people:
  - {{person: exec@example.org, role: executive}}
  - {{person: site@example.org, role: site_manager, sites: [S01]}}
  - {{person: p0@example.org, role: people_manager}}
  - {{person: ana@example.org, role: analyst}}
groups:
  - {{group: rx-hr, role: hr}}
"""
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a-cookie-secret-of-the-tests-0123456789"
client_id = "rxladder"
client_secret = "a-client-secret-of-the-tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Generator[str]:
    """An OpenID provider: a process of its own, which knows everybody by e-mail and hr by a group."""
    port = free_port()
    hr = {"sub": "hr@example.org", "email": "hr@example.org", "groups": ["rx-hr"]}
    liar = {"sub": "liar@example.org", "email": "ana@example.org", "email_verified": False}
    told = [argument for claims in (hr, liar) for argument in ("--user-claims", json.dumps(claims))]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *told],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until_up(f"http://localhost:{port}/.well-known/openid-configuration", process)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def served(provider: str, serve: Serve, golden_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The golden organisation's dashboard, to which people sign in at the provider."""
    config, port = tmp_path_factory.mktemp("config"), free_port()
    secrets = config / "secrets.toml"
    secrets.write_text(SECRETS.format(port=port, provider=provider), encoding="utf-8")
    secrets.chmod(0o600)
    (config / "access.yml").write_text(ACCESS.format(secrets=secrets), encoding="utf-8")
    return serve(copied(golden_data, tmp_path_factory.mktemp("signed-in") / "data"), config, port)


Come = Callable[[str], Visitor]


@pytest.fixture
def come(served: Served, chromium: Browser) -> Generator[Come]:
    """A function of a person: a visitor who has signed in as them, in a browser window of their own."""
    window = chromium.new_context(locale="en-US")

    def visitor(person: str) -> Visitor:
        page = window.new_page()
        # The provider's page asks for a style sheet from elsewhere.
        page.route(lambda url: "localhost" not in url, lambda route: route.fulfill(content_type="text/css", body=""))
        found = Visitor(served, page)
        found.open("readiness?where=site:S00")
        if person:
            page.get_by_role("button", name="Sign in").click()
            page.get_by_placeholder("sub").fill(f"{person}@example.org")
            page.get_by_role("button", name="Authorize").click()
            page.wait_for_selector('[data-testid="stMain"] h1')
            found.settled()
        return found

    yield visitor
    window.close()


def menu(page: Page) -> list[str]:
    return page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts()


@pytest.mark.parametrize("person", ROLE_OF)
def test_a_role_is_offered_its_pages_and_no_other(come: Come, person: str) -> None:
    visitor, role = come(person), ROLES[ROLE_OF[person]]
    offered = sorted(TITLES[path] for path in role.pages)
    assert sorted(menu(visitor.page)) == (offered if len(offered) > 1 else [])  # one page needs no menu
    for path in sorted(TITLES.keys() - set(role.pages))[-1:]:
        visitor.open(path)
        assert f"not open to the role {role.title}" in visitor.text(), path
        assert visitor.page.locator(FIGURES).count() == 0, path
    if "people" not in role.pages:
        return
    page = visitor.open("people?where=site:S00")  # S00 is not Sam's
    assert f"signed in as {person}@example.org, {role.title}" in visitor.text()
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV", exact=True).click()
    shown = pd.read_csv(started.value.path())
    people = set(shown["Person"])
    assert all(name.startswith(("Person ", "Edge ")) for name in people) == role.sees_names
    if person == "site":
        assert set(shown["Site"]) == {"Site 1"}
    assert visitor.complaints == []
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider asks too
    page.get_by_role("button", name="Sign in").wait_for()


@pytest.mark.parametrize(
    ("person", "said"), [("", "Sign in to see"), ("stranger", "no role is given to you"), ("liar", "is not verified")]
)
def test_without_a_role_no_address_shows_a_figure(come: Come, person: str, said: str) -> None:
    visitor = come(person)
    for path in ("", "people?where=site:S01"):
        visitor.open(path)
        assert said in visitor.text()
        assert visitor.page.locator(FIGURES).count() == 0
    assert menu(visitor.page) == []
    complaints = [line for line in visitor.served.said().splitlines() if COMPLAINT.search(line)]
    assert complaints == []


def test_a_fault_in_the_file_keeps_the_dashboard_from_starting(tmp_path: Path) -> None:
    (tmp_path / "access.yml").write_text(
        "secrets: x\npeople:\n  - {person: a@example.org, role: boss}\n", encoding="utf-8"
    )
    ended = rxladder("dashboard", "--data", tmp_path, "--config", tmp_path, timeout=60)
    assert ended.returncode == 1
    assert f"{tmp_path / 'access.yml'}, line 3: people.0.role" in said(ended)
