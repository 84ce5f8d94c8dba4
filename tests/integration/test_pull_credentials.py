"""Every kind of credentials over real sockets: they arrive, go nowhere else, and are written down nowhere."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from pipelines.landing import Landing
from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import RECORDS, TOKEN, World, assert_all, on_request, pages

PLACE = {"env": "RXL_TEST_TOKEN"}
BASIC = "Basic " + base64.b64encode(f"key-of:{TOKEN}".encode()).decode()

KINDS: Mapping[str, tuple[dict[str, Any], Any]] = {
    "basic": ({"kind": "basic", "user": "key-of", "password": PLACE}, lambda a: a.headers["Authorization"] == BASIC),
    "own scheme": (
        {"kind": "bearer", "token": PLACE, "scheme": "token"},
        lambda a: a.headers["Authorization"] == f"token {TOKEN}",
    ),
    "header beside basic": (
        {"kind": "headers", "headers": {"X-Customer-Key": PLACE}, "user": "key-of", "password": PLACE},
        lambda a: a.headers["X-Customer-Key"] == TOKEN and a.headers["Authorization"] == BASIC,
    ),
    "query": (
        {"kind": "parameter", "parameter": "key", "token": PLACE, "place": "query"},
        lambda a: a.query["key"] == TOKEN,
    ),
    "form": ({"kind": "parameter", "parameter": "wstoken", "token": PLACE}, lambda a: a.form["wstoken"] == TOKEN),
}


def written_anywhere(world: World) -> list[Path]:
    """Files below the data folder that hold the token in any form."""
    forms = [TOKEN, quote(TOKEN, safe=""), quote_plus(TOKEN), base64.b64encode(f"key-of:{TOKEN}".encode()).decode()]
    files = [path for path in world.data.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(form.encode() in path.read_bytes() for form in forms)]


@pytest.mark.parametrize("kind", KINDS)
def test_credentials_arrive_and_are_in_no_log_and_no_file(
    kind: str, world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    auth, arrived = KINDS[kind]
    caplog.set_level(0)
    form = {"method": "POST", "form": {"function": "list"}} if kind == "form" else {}

    def answer(asked: Asked) -> Reply:
        if not arrived(asked):
            return Reply({}, 401)
        asked.query.update(asked.form)
        return pages()(asked)

    with serving(on_request(2, Reply({"error": TOKEN}, 500), answer, until=4)) as interface:
        assert world.pull(interface, auth=auth, stream=form) == []
        assert "status 500" in world.failure()
        assert written_anywhere(world) == []
        assert_all(world.pull(interface, auth=auth, stream=form))
    assert written_anywhere(world) == []
    said = caplog.text + "".join(capfd.readouterr())
    assert TOKEN not in said
    assert quote_plus(TOKEN) not in said


@pytest.mark.parametrize("kind", KINDS)
def test_no_credentials_follow_a_redirect_to_another_host(kind: str, world: World) -> None:
    auth, _ = KINDS[kind]
    form = {"method": "POST", "form": {"function": "list"}} if kind == "form" else {}
    with serving(lambda _: Reply({"data": []})) as stranger:
        away = Reply(b"", 307, {"Location": stranger.url})
        with serving(lambda _: away) as interface:
            assert world.pull(interface, auth=auth, stream=form) == []
        assert stranger.asked == []
    assert "another host" in world.failure()


def test_a_missing_secret_is_named_by_its_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RXL_TEST_TOKEN")
    with serving(pages()) as interface:
        assert world.pull(interface) == []
        assert interface.asked == []
    assert "the environment variable RXL_TEST_TOKEN is not set" in world.failure()


def test_a_secret_that_php_or_a_page_repeats_is_hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """PHP escapes the slash in its JSON, others write `&` as HTML or escape small letters in addresses."""
    secret = 'p/l&a"n t+éd-Secret'
    monkeypatch.setenv("RXL_TEST_TOKEN", secret)
    said = [json.dumps(secret)[1:-1], json.dumps(secret)[1:-1].replace("/", "\\/"), html.escape(secret)]
    said += [
        re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
        base64.b64encode(f"key-of:{secret}".encode()).decode().replace("/", "\\/"),
    ]
    repeated = json.dumps({"data": RECORDS, "total": 25}).replace('"CR-A"', '"SAID"')
    auth = {"kind": "basic", "user": "key-of", "password": PLACE}
    for text in said:
        body = repeated.replace("SAID", text.replace("é", "\\u00e9")).encode()
        with serving(lambda _, body=body: Reply(body)) as interface:
            world.pull(interface, auth=auth, stream={"paging": {}, "cursor": None})
    written = [path.read_bytes() for path in world.data.rglob("*") if path.is_file()]
    landed = str([rows(batch) for batch in Landing(world.data).catalog.batches()])
    assert "[hidden]" in landed
    assert secret not in landed
    assert not [form for form in [secret, *said] if any(form.encode() in content for content in written)]


def test_a_user_name_and_a_short_password_leave_the_data_as_they_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user called c1 with the password c2: half of the records' ids hold one of them."""
    monkeypatch.setenv("RXL_TEST_USER", "c1")
    monkeypatch.setenv("RXL_TEST_TOKEN", "c2")
    auth = {"kind": "basic", "user": {"env": "RXL_TEST_USER"}, "password": PLACE}
    with serving(pages()) as interface:
        (batch,) = world.pull(interface, auth=auth)
    kept = {i for (i,) in rows(batch, "completion_id")}
    assert kept == {record["id"] for record in RECORDS} - {"c2"} | {"[hidden]"}
