"""The whole command with a source that is pulled and one whose files come by SFTP: both land, each fails alone with
code 3 and the old data in force, both recover.
"""

from __future__ import annotations

import base64
import html
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from pipelines.connectors.standing import note_failure
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, Ended, copied, environment, published, rxladder, said
from tests.integration.interface import Asked, Reply, serving
from tests.integration.pgp_kit import PASSPHRASE, pgp_keys
from tests.integration.pulled_history import pulled_history
from tests.integration.sftp_server import make_key, sftp_serving

KEY, PASSWORD = "planted-key/of=the tests", 'planted & password/of"the tests'
BASIC = "Basic " + base64.b64encode(f"rx:{PASSWORD}".encode()).decode()
SSH_PASSPHRASE = "planted ssh passphrase"
REWARDS = """\
HDR|REWARDS
Reward|Who|Granted|Kind|Amount
dropped-1|00001|12/31/2024|bonus|250
TRL|1
"""
SOURCES = """\
sources:
  - name: rewards_system
    base: BASE
    auth: {kind: headers, headers: {X-Api-Key: {file: key.secret}}, user: rx, password: {env: REWARDS_PASSWORD}}
    retries: 0
    streams:
      - name: rewards
        path: rewards
        feed: rewards
        columns: {reward_id: id, employee_id: who, granted_on: {path: at, parse: unix}, kind: kind, amount: sum}
  - name: drops
    kind: sftp
    host: 127.0.0.1
    port: PORT
    user: USER
    private_key: {file: ssh.key}
    passphrase: {env: RXL_SSH_PASSPHRASE}
    host_keys: ["FINGERPRINT"]
    folder: FOLDER
    feeds: [rewards]
    complete: {by: marker}
    names: {rewards: "RWD_%m%d%Y.txt.pgp"}
    envelopes: {rewards: {header: "HDR|*", trailer: "TRL|{count}"}}
    pgp: {private_key: {file: pgp.key}, passphrase: {env: RXL_PGP_PASSPHRASE}}
    date_formats: ["%m/%d/%Y"]
    columns: {rewards: {Reward: reward_id, Who: employee_id, Granted: granted_on}}
    retries: 0
    schedule: "15 6 * * *"
"""


@dataclass
class Tried:
    """The data folder after all of it, and how each command ended."""

    data: Path
    pull_tried: Ended
    drop_tried: Ended
    first: Ended
    web_page: Ended
    refused: Ended
    other_server: Ended
    status: Ended
    again: Ended
    fingerprint: str
    secrets: list[str]

    def said(self) -> str:
        ends = (self.pull_tried, self.drop_tried, self.first, self.web_page, self.refused)
        return "".join(map(said, (*ends, self.other_server, self.status, self.again)))


@pytest.fixture(scope="module")
def tried(golden_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    root = tmp_path_factory.mktemp("sources")
    config, data = root / "config", copied(golden_data, root / "data")
    config.mkdir()
    (config / "key.secret").write_text(KEY + "\n", encoding="utf-8")
    (config / "rxladder.yml").write_text(
        f"data: ../data\nsources: [{{name: exports, exports: '{GOLDEN / 'feeds'}'}}]\n", encoding="utf-8"
    )
    make_key(config / "ssh.key", passphrase=SSH_PASSPHRASE)
    record = {"id": "pulled-1", "who": "00001", "at": 1735700000, "kind": "bonus", "sum": 250}
    echo = {
        "id": f"pulled-1 {KEY} {PASSWORD} {BASIC}",
        "said": [quote(KEY), quote_plus(PASSWORD), html.escape(PASSWORD)],
    }
    landed = Reply([{**record, **echo}])
    replies = [landed, landed, Reply(b"<html>log in</html>"), Reply({"error": echo}, 500), landed, landed]

    def answer(asked: Asked) -> Reply:
        is_signed = asked.headers["X-Api-Key"] == KEY and asked.headers["Authorization"] == BASIC
        return replies.pop(0) if is_signed else Reply({}, 401)

    secret = {"REWARDS_PASSWORD": PASSWORD, "RXL_SSH_PASSPHRASE": SSH_PASSPHRASE, "RXL_PGP_PASSPHRASE": PASSPHRASE}
    env = environment(**secret)
    with serving(answer) as interface, pgp_keys() as pgp, sftp_serving(root / "sftp") as server:
        (config / "pgp.key").write_bytes(pgp.armoured)
        (server.keys / "authorized").write_bytes((config / "ssh.key.pub").read_bytes())
        server.put("RWD_12312024.txt.pgp", pgp.encrypted(REWARDS))
        server.put("RWD_12312024.txt.pgp.done", "")
        server.put("RWD_01312025.txt.pgp", pgp.encrypted(REWARDS)[:100])
        server.put("readme.pdf", "x")
        fingerprint = server.fingerprint()
        text = SOURCES.replace("PORT", str(server.port)).replace("USER", server.user).replace("BASE", interface.url)
        text = text.replace("FOLDER", str(server.folder)).replace("FINGERPRINT", fingerprint)
        (config / "sources.yml").write_text(text, encoding="utf-8")

        def run(*arguments: object) -> Ended:
            return rxladder(*arguments, "--config", config, env=env)

        def sync() -> Ended:
            return run("sync", "--data", data, "--as-of", GOLDEN_AS_OF)

        pull_tried, drop_tried = run("source", "test", "rewards_system"), run("source", "test", "drops")
        first, web_page, refused = sync(), sync(), sync()
        (config / "sources.yml").write_text(text.replace(fingerprint, "SHA256:another"), encoding="utf-8")
        other_server, status = sync(), run("status", "--data", data)
        (config / "sources.yml").write_text(text, encoding="utf-8")
        (data / "pulls" / "long_gone").mkdir()
        note_failure(data / "pulls" / "long_gone", "long_gone", "courses", "its configuration is gone")
        again = sync()
    assert not replies
    plain = [KEY, PASSWORD, BASIC.removeprefix("Basic "), json.dumps(PASSWORD)[1:-1], html.escape(PASSWORD)]
    secrets = [*plain, *(form.replace("/", "\\/") for form in plain), SSH_PASSPHRASE, PASSPHRASE]
    secrets += [quoted(one) for one in (KEY, PASSWORD) for quoted in (quote, quote_plus)]
    secrets += [pgp.armoured.decode().splitlines()[4]]
    secrets += (config / "ssh.key").read_text(encoding="utf-8").splitlines()[1:3]
    ends = (pull_tried, drop_tried, first, web_page, refused, other_server, status, again)
    return Tried(data, *ends, fingerprint, secrets)


def test_both_are_tried_and_land(tried: Tried) -> None:
    assert tried.pull_tried.returncode == tried.drop_tried.returncode == 0, tried.said()
    assert "pulled-1" in tried.pull_tried.stdout
    for shown in (
        f"127.0.0.1 is the server that is pinned (ssh-ed25519 {tried.fingerprint})",
        "RWD_01312025.txt.pgp: not whole yet",
        "there is no RWD_01312025.txt.pgp.done yet",
        "readme.pdf: not read: its name fits no feed",
        "dropped-1",
    ):
        assert shown in tried.drop_tried.stdout, said(tried.drop_tried)
    assert tried.first.returncode == 0, said(tried.first)
    assert "not whole yet: RWD_01312025.txt.pgp" in said(tried.first)
    with published(tried.data) as connection:
        landed = connection.execute(
            "select source, count(*) from metrics.quality.batches where source != 'exports' group by 1 order by 1"
        )
        assert landed.fetchall() == [("drops", 1), ("rewards_system", 1)]


def test_each_fails_alone_and_says_why(tried: Tried) -> None:
    for ended, word in ((tried.web_page, "web page"), (tried.refused, "status 500")):
        assert ended.returncode == 3, said(ended)
        assert "Not pulled rewards of rewards_system" in said(ended)
        assert "of drops" not in said(ended)
        assert word in said(ended)
    for ended in (tried.other_server, tried.status):
        assert ended.returncode == 3, said(ended)
        assert "Not pulled rewards of drops" in said(ended)
        assert "of rewards_system" not in said(ended)
        assert tried.fingerprint in said(ended)


def test_both_recover_and_dagster_has_noted_each_pull(tried: Tried) -> None:
    assert tried.again.returncode == 0, said(tried.again)
    assert "Nothing new" in said(tried.again)
    pulled = pulled_history(tried.data, "rewards_system", "rewards")
    assert pulled.passed == [True, True, False, False, True]
    assert "web page" in pulled.reasons[3]
    assert pulled.counted["records received"] == 1
    dropped = pulled_history(tried.data, "drops", "rewards")
    assert dropped.passed == [True, False, True, True, True]
    assert "pinned" in dropped.reasons[1]
    assert dropped.counted["files received"] == 1


def test_no_secret_of_theirs_is_said_or_written(tried: Tried) -> None:
    files = {path: path.read_bytes() for path in tried.data.rglob("*") if path.is_file()}
    assert any(path.suffix == ".db" for path in files), "Dagster's events are among them"
    for secret in tried.secrets:
        assert secret not in tried.said()
        assert [path for path, content in files.items() if secret.encode() in content] == []
