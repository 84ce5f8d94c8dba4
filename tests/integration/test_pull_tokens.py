"""Token servers on good and bad days, and client certificates towards them and towards the interface."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.rest.spec import SourceSpec
from tests.integration.interface import Asked, Reply, serving
from tests.integration.pull_kit import TOKEN, World, assert_all, example, pages
from tests.integration.test_pull_credentials import PLACE, written_anywhere
from tests.integration.test_pull_examples import adp

FRESH = "fresh-of-the-tests"


class TokenWorld:
    """An interface with a token server beside it, which gives `tokens` in turn."""

    def __init__(self, *tokens: Reply) -> None:
        self.tokens = list(tokens)
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.endswith("/token"):
            self.asked.append(asked)
            return self.tokens.pop(0) if self.tokens else Reply({"access_token": FRESH, "token_type": "Bearer"})
        return pages()(asked) if asked.headers.get("Authorization") == f"Bearer {FRESH}" else Reply({}, 401)


def oauth2(url: str, **changes: Any) -> dict[str, Any]:
    return {"kind": "oauth2", "token_url": url + "token", "client_id": "me", "client_secret": PLACE, **changes}


@pytest.mark.parametrize(
    "bad", [Reply({}, 503, {"Retry-After": "1"}), Reply({"message": "slow down"}, 429), Reply(reset=True)]
)
def test_a_token_server_that_is_busy_is_asked_again(bad: Reply, world: World) -> None:
    server = TokenWorld(bad)
    with serving(server) as interface:
        assert_all(world.pull(interface, auth=oauth2(interface.url)))
    assert len(server.asked) == 2


REFUSALS = {
    "wrong client": (Reply({"error": "invalid_client", "error_description": TOKEN}, 401), "refuses the client"),
    "a page": (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), "is not JSON"),
    "somewhere else": (Reply(b"", 302, {"Location": "http://127.0.0.1:9/"}), "status 302"),
    "not there": (Reply({"secret": TOKEN}, 404), "status 404"),
    "no token": (Reply({"ok": True}), "no access_token"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_token_server_that_refuses_is_said_without_the_secret(
    what: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    bad, said = REFUSALS[what]
    caplog.set_level(0)
    with serving(TokenWorld(bad)) as interface:
        assert world.pull(interface, auth=oauth2(interface.url)) == []
        assert said in world.failure()
        assert_all(world.pull(interface, auth=oauth2(interface.url)))
    assert written_anywhere(world) == []
    assert TOKEN not in caplog.text


def test_an_expired_refresh_token_is_said_and_a_token_server_that_is_down_is_tried_again(world: World) -> None:
    server = TokenWorld(Reply({}, 503), Reply({"error": "invalid_grant"}, 400))
    with serving(server) as interface:
        auth = oauth2(interface.url, refresh_token=PLACE)
        assert world.pull(interface, auth=auth) == []
        assert "refuses the client" in world.failure()
        assert "name it as {file: path}" in world.failure()
        assert_all(world.pull(interface, auth=auth))
    assert {asked.form["refresh_token"] for asked in server.asked} == {TOKEN}
    assert {asked.form["grant_type"] for asked in server.asked} == {"refresh_token"}
    assert written_anywhere(world) == []


def test_a_refresh_token_that_is_good_once_is_replaced_in_its_file(world: World) -> None:
    """Servers that give a new one each time take the old one no more."""
    given = [f"refresh-{n}-of-the-tests" for n in range(3)]
    kept = world.config / "refresh.secret"
    kept.write_text(given[0] + "\n", encoding="utf-8")
    answers = [Reply({"access_token": FRESH, "refresh_token": one}) for one in given[1:]]
    server = TokenWorld(*answers)
    with serving(server) as interface:
        auth = oauth2(interface.url, refresh_token={"file": kept.name})
        assert_all(world.pull(interface, auth=auth))
        assert world.pull(interface, auth=auth) == []
        assert world.reasons() == ""
    assert [asked.form["refresh_token"] for asked in server.asked] == given[:2]
    assert kept.read_text(encoding="utf-8") == given[2] + "\n"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_token_is_fetched_once_a_pull_and_renewed_when_it_expires(world: World) -> None:
    issued: list[str] = []

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/token"):
            issued.append(f"token-{len(issued)}-of-the-tests")
            return Reply({"access_token": issued[-1], "token_type": "Bearer", "expires_in": 3600})
        if asked.headers["Authorization"] != "Bearer token-1-of-the-tests" and asked.query["page"] != "1":
            return Reply({}, 401)
        return pages()(asked)

    with serving(answer) as interface:
        assert_all(world.pull(interface, auth=oauth2(interface.url)))
    assert len(issued) == 2


def certified(folder: Path) -> ssl.SSLContext:
    """Make certificates of a server and a client; return how the server speaks TLS to that client and no other."""
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name in ("server", "client"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        names = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*made, *files, *names], cwd=folder, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem", folder / "server.key")
    tls.load_verify_locations(folder / "client.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    return tls


CLIENT = {"client_certificate": "client.pem", "client_key": "client.key"}


def test_a_client_certificate_is_shown_and_a_stranger_is_not_trusted(world: World) -> None:
    with serving(pages(), certified(world.config)) as interface:
        assert world.pull(interface, retries=0, **CLIENT) == []
        assert "certificate is not trusted" in world.failure()
        assert world.pull(interface, retries=0, ca_bundle="server.pem") == []
        assert interface.asked == []
        assert_all(world.pull(interface, ca_bundle="server.pem", **CLIENT))


def test_the_certificate_is_shown_to_the_token_server_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """ADP's example as it stands: a certificate with the token and with the data, and 204 at the end."""
    monkeypatch.setenv("ADP_CLIENT_ID", "me")
    monkeypatch.setenv("ADP_CLIENT_SECRET", TOKEN)
    tls = certified(world.config)
    for name in ("pem", "key"):
        (world.config / f"client.{name}").rename(world.config / f"adp.{name}")
    with serving(adp, tls) as interface:
        spec = example("adp", interface.url, ca_bundle="server.pem")
        auth = spec.auth.model_dump(exclude_none=True) | {"token_url": interface.url + "token"}
        here = SourceSpec.model_validate({**spec.model_dump(exclude_unset=True), "auth": auth})
        (batch,) = world.pull_all(here)
        assert world.reasons() == ""
        assert batch.row_count == 1
        without = here.model_copy(update={"client_certificate": None, "client_key": None})
        interface.asked.clear()
        assert world.pull_all(without) == []
        assert interface.asked == []
    assert written_anywhere(world) == []
