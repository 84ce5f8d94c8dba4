"""Every kind of credentials over real sockets: they arrive, go nowhere else, and are written down nowhere."""

from __future__ import annotations

import base64
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.integration.interface import Asked, Reply, serving
from tests.integration.pull_kit import TOKEN, World, assert_all, on_request, pages

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


def test_an_expired_refresh_token_is_said_and_a_token_server_that_is_down_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    tokens = [Reply({}, 503), Reply({"error": "invalid_grant"}, 400), Reply({"access_token": "fresh-of-the-tests"})]

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/token"):
            assert asked.form["refresh_token"] == TOKEN
            assert "refresh_token" in asked.form["grant_type"]
            return tokens.pop(0)
        return pages()(asked) if asked.headers["Authorization"] == "Bearer fresh-of-the-tests" else Reply({}, 401)

    with serving(answer) as interface:
        auth = {"kind": "oauth2", "token_url": interface.url + "token", "client_id": "me"}
        auth |= {"client_secret": PLACE, "refresh_token": PLACE}
        assert world.pull(interface, auth=auth) == []
        assert "refuses the client" in world.failure()
        assert_all(world.pull(interface, auth=auth))
    assert tokens == []
    assert written_anywhere(world) == []


def test_a_client_certificate_is_shown_and_a_stranger_is_not_trusted(world: World) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name in ("server", "client"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        names = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*made, *files, *names], cwd=world.config, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(world.config / "server.pem", world.config / "server.key")
    tls.load_verify_locations(world.config / "client.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    client = {"client_certificate": "client.pem", "client_key": "client.key"}
    with serving(pages(), tls) as interface:
        assert world.pull(interface, retries=0, **client) == []
        assert "certificate is not trusted" in world.failure()
        assert world.pull(interface, retries=0, ca_bundle="server.pem") == []
        assert interface.asked == []
        assert_all(world.pull(interface, ca_bundle="server.pem", **client))
