"""Synced data folders that several tests look at; made once, by whichever worker of pytest comes first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from pipelines.demo import DEFAULT_END_ON, Scenario, write_demo
from pipelines.garbage import collect_garbage_rarely
from tests.integration import exports, planted
from tests.integration.cli import GOLDEN, copied, said, sync, synced
from tests.integration.pull_kit import TOKEN, World

# Longest first, so that no worker is left alone with one at the end; the files that begin need no folder in common.
BEGIN = ("browser/test_pages", "integration/test_models", "browser", "integration")
REQUIRED = ("employees", "job_history", "sites", "tiers", "tier_paths", "job_tiers")
MadeOnce = Callable[[str, Callable[[Path], object]], Path]

collect_garbage_rarely()  # as a sync does: the tests' process runs dbt too


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files, of which each goes to one worker as a whole (`--dist loadfile`)."""

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((n for n, begin in enumerate(BEGIN) if name.startswith(begin)), len(BEGIN))

    items.sort(key=place)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """A function of a name and of what makes a folder: the folder, made by the first who asks. Only to be read."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / f"shared-{name}", shared / f"shared-{name}.done"
        with filelock.FileLock(shared / f"shared-{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def golden_data(made_once: MadeOnce) -> Path:
    """The data folder of the golden organisation, synced once. Only to be read; take a copy to change it."""
    return made_once("golden", lambda folder: synced(GOLDEN / "feeds", folder))


@pytest.fixture(scope="session")
def demo_data(made_once: MadeOnce) -> Path:
    """The data folder of the demo organisation, synced once. Only to be read."""

    def make(folder: Path) -> None:
        write_demo(folder / "demo", Scenario())
        synced(folder / "demo" / "exports", folder / "data", as_of=str(DEFAULT_END_ON))

    return made_once("demo", make) / "data"


@pytest.fixture(scope="session")
def bare_data(made_once: MadeOnce) -> Path:
    """The golden organisation if it delivered the required feeds only. Only to be read."""

    def make(folder: Path) -> None:
        (folder / "exports").mkdir(parents=True)
        for feed in REQUIRED:
            shutil.copy(GOLDEN / "feeds" / f"{feed}.csv", folder / "exports")
        synced(folder / "exports", folder / "data")

    return made_once("bare", make) / "data"


@pytest.fixture(scope="session")
def single_data(made_once: MadeOnce) -> Path:
    """A pharmacy of one site and a dozen technicians, with every feed. Only to be read."""

    def make(folder: Path) -> None:
        write_demo(folder / "demo", Scenario(sites=1, years=2, employees=12))
        synced(folder / "demo" / "exports", folder / "data", as_of=str(DEFAULT_END_ON))

    return made_once("single", make) / "data"


@pytest.fixture(scope="session")
def changed_exports(made_once: MadeOnce) -> Path:
    """Some of the golden files with other values in them."""
    return made_once("changed-exports", exports.write_changed)


@pytest.fixture(scope="session")
def changed_data(made_once: MadeOnce, golden_data: Path, changed_exports: Path) -> Path:
    """The golden data folder after a second sync that brought `changed_exports`. Only to be read."""
    return made_once("changed", lambda folder: synced(changed_exports, copied(golden_data, folder)))


@pytest.fixture(scope="session")
def planted_sync(made_once: MadeOnce, golden_data: Path) -> Path:
    """A folder with what `planted` delivered (exports), the golden data folder after it (data), and said.txt."""

    def make(folder: Path) -> None:
        planted.write_planted(folder / "exports")
        ended = sync(folder / "exports", copied(golden_data, folder / "data"))
        (folder / "said.txt").write_text(f"exit code {ended.returncode}\n{said(ended)}", encoding="utf-8")

    return made_once("planted", make)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A data folder to pull into, with the token of the tests in the environment."""
    monkeypatch.setenv("RXL_TEST_TOKEN", TOKEN)
    return World(tmp_path)
