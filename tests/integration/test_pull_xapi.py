"""A real learning record store (ralph-malph, in an environment of its own that `make test` makes)."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.integration.landing_kit import rows
from tests.integration.pull_kit import World, example

ROOT = Path(__file__).parents[2]
KEY, SECRET = "rx", "planted-secret-of-the-tests"
# bcrypt of SECRET; the store keeps no plain passwords
HASH = "$2b$04$S2lLboKT8PiLJ3N/qQrTgOjWlFIF1ZQoNyAiDUEWjEKuQDNz8kREu"
HR = "https://YOUR-HR.example.org"
HYGIENE = "https://YOUR-COURSES.example.org/hand-hygiene"
MAILED = {"mbox": "mailto:ann@example.org"}
WHEN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    monkeypatch.setenv("LRS_KEY", KEY)
    monkeypatch.setenv("LRS_SECRET", SECRET)
    folder = tmp_path / "lrs"
    (folder / "data").mkdir(parents=True)
    user = {"username": KEY, "hash": HASH, "scopes": ["all"], "agent": {"mbox": "mailto:rx@example.org"}}
    (folder / "auth.json").write_text(json.dumps([user]), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "RALPH_APP_DIR": str(folder),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "data"),
    }
    python = ROOT / ".venv" / "lrs" / "bin" / "python"
    assert python.exists(), "`make test` makes the store's environment"
    command = [str(python), str(ROOT / "tests" / "peers" / "lrs.py"), str(port)]
    server = subprocess.Popen(command, env={**os.environ, **settings}, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}/xAPI/"
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(f"{url}statements", timeout=5)
                break
            except requests.ConnectionError:
                assert server.poll() is None and time.monotonic() < deadline, "the store does not start"
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def statement(actor: dict[str, Any], verb: str, course: str, minute: int = 0, **result: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": actor,
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": course},
        "timestamp": (WHEN + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z"),
    } | ({"result": result} if result else {})


def tell(store: str, *statements: dict[str, Any]) -> None:
    headers = {"X-Experience-API-Version": "1.0.3"}
    requests.post(
        f"{store}statements", json=statements, auth=(KEY, SECRET), headers=headers, timeout=10
    ).raise_for_status()


def void(target: dict[str, Any]) -> dict[str, Any]:
    made = statement(MAILED, "voided", "x", 5)
    return made | {"object": {"objectType": "StatementRef", "id": target["id"]}}


def pull(world: World, store: str, **cursor: Any) -> Any:
    spec = example("xapi", store, max_wait_seconds=30)
    small = [
        one.model_copy(
            update={
                "params": {**one.params, "limit": 3},
                "cursor": one.cursor and one.cursor.model_copy(update=cursor),
            }
        )
        for one in spec.streams
    ]
    found = world.pull_all(spec.model_copy(update={"streams": small}))
    assert world.reasons() == ""
    return found[0] if found else None


def test_statements_become_completions(world: World, store: str) -> None:
    """Whoever they name in whatever way; pages are followed; voiding takes back what has landed."""
    sha = hashlib.sha1(b"mailto:bo@example.org").hexdigest()
    account = {"account": {"homePage": HR, "name": "00007"}}
    other = {"account": {"homePage": "https://school.example.org", "name": "00007"}}
    first = statement(MAILED, "completed", HYGIENE)
    plain = statement(account, "completed", HYGIENE, 4)
    failed = statement(account, "failed", HYGIENE, 1, success=False, score={"raw": 40, "max": 50, "min": 0})
    tell(
        store,
        first,
        failed,
        statement({"mbox_sha1sum": sha}, "completed", "https://x.example.org/other", 2, completion=True),
        statement({"openid": "https://id.example.org/cy"}, "passed", HYGIENE, 3, score={"scaled": 0.9}),
        plain,
        statement(account, "experienced", HYGIENE, 4),
        statement(other, "completed", HYGIENE, 5),
        statement(MAILED, "completed", "x", 6) | {"object": {"objectType": "StatementRef", "id": str(uuid4())}},
        *[statement({"mbox": f"mailto:n{n}@example.org"}, "completed", HYGIENE, n) for n in range(10)],
    )
    batch = pull(world, store)
    found = [one[:4] for one in rows(batch, "employee_id, course_id, score, passed, is_deleted") if not one[4]]
    assert ("00007", "CR-HYGIENE", 40.0, False) in found
    assert ("00007", "CR-HYGIENE", None, None) not in found, "completed and failed of one day count once"
    assert ("https://id.example.org/cy", "CR-HYGIENE", 90.0, True) in found
    assert (sha, "https://x.example.org/other", None, None) in found
    assert ("00007@https://school.example.org", "CR-HYGIENE", None, None) in found, "the number of another system"
    assert len(found) == 15
    said = " ".join(world.notes)
    assert "1 statements name people by accounts of https://school.example.org" in said
    assert "1 statements are left out: they are about other statements" in said
    assert pull(world, store) is None

    tell(store, void(first), void(failed))
    taken = pull(world, store)
    expected = [(first["id"], True), (failed["id"], True), (plain["id"], False)]  # which now counts after all
    assert sorted(rows(taken, "completion_id, is_deleted")) == sorted(expected)
    assert pull(world, store) is None


def test_a_verdict_that_comes_later_takes_the_place_of_the_plain_completion(world: World, store: str) -> None:
    plain = statement(MAILED, "completed", HYGIENE)
    tell(store, plain)
    assert pull(world, store).row_count == 1
    verdict = statement(MAILED, "passed", HYGIENE, 1, score={"raw": 8})
    tell(store, verdict)
    batch = pull(world, store)
    assert sorted(rows(batch, "completion_id, is_deleted, passed")) == sorted(
        [(plain["id"], True, None), (verdict["id"], False, True)]
    )


def test_a_verdict_that_is_voided_long_after_gives_way_to_the_plain_completion_of_that_day(
    world: World, store: str
) -> None:
    """Whether the plain one landed first or came with the verdict; one that was voided itself does not come back."""
    early, late, wrong = (statement(MAILED, "completed", HYGIENE, minute) for minute in (0, 2, 3))
    verdict = statement(MAILED, "failed", HYGIENE, 1, success=False)
    tell(store, early)
    pull(world, store, look_back_seconds=0)  # what is older than the look-back is not seen again
    tell(store, verdict, late, wrong)
    assert alive(world, store) == {verdict["id"]: True, early["id"]: False, late["id"]: False, wrong["id"]: False}
    tell(store, void(wrong))
    assert alive(world, store) == {wrong["id"]: False}
    tell(store, void(verdict))
    assert alive(world, store) == {verdict["id"]: False, early["id"]: True, late["id"]: True}
    assert pull(world, store, look_back_seconds=0) is None


def alive(world: World, store: str) -> dict[str, bool]:
    batch = pull(world, store, look_back_seconds=0)
    return {one: not is_gone for one, is_gone in rows(batch, "completion_id, is_deleted")}
