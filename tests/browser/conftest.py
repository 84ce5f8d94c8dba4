"""The dashboard as a person sees it: its real server on a synced data folder, opened in headless Chromium."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.integration.cli import ROOT, command, environment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
READY_WITHIN = 60  # seconds; the first view on a busy machine
STANDING = 400  # milliseconds in which nothing is drawn
WATCH = """() => {
    window.drawnAt = performance.now();
    new MutationObserver(() => { window.drawnAt = performance.now() }).observe(
        document, {childList: true, characterData: true, subtree: true});
}"""
AT_REST = """([ready, standing]) => document.querySelector(ready) && document.querySelector('[data-testid=stMain] h1')
    && !document.querySelector('[data-testid=stSkeleton]') && performance.now() - window.drawnAt > standing"""


class Served:
    """A running dashboard: its address, and what its server has said."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self._log = log

    def said(self) -> str:
        """All that the server has written to its log."""
        return self._log.read_text(encoding="utf-8")


Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Generator[Serve]:
    """A function of a data folder: its dashboard, started by `rxladder dashboard` the first time it is asked for.

    With a configuration folder it is started at a port that its secrets name, see `free_port`.
    """
    running: dict[Path, tuple[Served, subprocess.Popen[bytes]]] = {}

    def start(data: Path, config: Path | None = None, port: int | None = None) -> Served:
        if data not in running:
            log = tmp_path_factory.mktemp("dashboard") / "server.log"
            port = port or free_port()
            configured = () if config is None else ("--config", config)
            with log.open("wb") as out:
                process = subprocess.Popen(
                    command("dashboard", "--data", data, "--port", port, *configured),
                    stdout=out,
                    stderr=out,
                    cwd=ROOT,
                    env=environment(),
                )
            running[data] = Served(f"http://localhost:{port}", log), process
            wait_until_up(f"{running[data][0].url}/_stcore/health", process)
        return running[data][0]

    yield start
    for _, process in running.values():
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("localhost", 0)) as free:
        return int(free.getsockname()[1])


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    last = time.monotonic() + READY_WITHIN
    while time.monotonic() < last:
        assert process.poll() is None, "the dashboard's server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError("the dashboard's server did not come up")


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    assert CHROMIUM, "the browser tests need Chromium: `apt-get install chromium` on Debian, then run them again"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """A person at one dashboard with a window of some width; `complaints` is what the browser's console warned of."""

    def __init__(self, served: Served, page: Page) -> None:
        self.served = served
        self.page = page
        self.complaints: list[str] = []
        page.add_init_script(f"({WATCH})()")
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # Opened at a page's own address, Streamlit first looks for its server below that page, by design.
        is_by_design = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type in {"error", "warning"} and not is_by_design:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of the dashboard and wait until it stands."""
        self.page.goto(f"{self.served.url}/{path}")
        self.settled()
        return self.page

    def turn_to(self, path: str) -> Page:
        """Go to a page by the menu, as one who is here already: the browser loads nothing anew."""
        self.page.locator(f'[data-testid="stSidebarNavLink"][href$="/{path}"]').click()
        self.page.wait_for_url(f"{self.served.url}/{path}")
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until the page has taken in the last interaction.

        Streamlit says that a script has ended before its last elements are drawn, so these must stand still too. An
        element of a kind not seen before is fetched first, on a busy machine for longer than that; a skeleton stands
        for it.
        """
        self.page.wait_for_function(AT_REST, arg=[READY, STANDING], polling=50, timeout=READY_WITHIN * 1000)

    def text(self) -> str:
        """What the page's main part says."""
        return re.sub(r"\s+", " ", self.page.locator('[data-testid="stMain"]').inner_text())


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, serve: Serve) -> Generator[Visit]:
    """A function of a data folder (and a window's width): a visitor there. Nobody's console may have complained."""
    visitors: list[Visitor] = []

    def come(data: Path, width: int = 1280, *, is_dark: bool = False) -> Visitor:
        page = chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if is_dark else "light", locale="en-US"
        )
        visitors.append(Visitor(serve(data), page))
        return visitors[-1]

    yield come
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.page.close()
    assert complaints == []
