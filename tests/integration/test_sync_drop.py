"""The whole command with files on an SFTP server: lands, fails with code 3 and the old data in force, recovers."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, copied, environment, published, rxladder, said
from tests.integration.pgp_kit import PASSPHRASE, pgp_keys
from tests.integration.pulled_history import pulled_history
from tests.integration.sftp_server import make_key, sftp_serving

SSH_PASSPHRASE = "planted ssh passphrase"
REWARDS = """\
HDR|REWARDS
Reward|Who|Granted|Kind|Amount
dropped-1|00001|12/31/2024|bonus|250
TRL|1
"""
SOURCES = """\
sources:
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


def test_a_dropped_source_lands_fails_and_recovers(golden_data: Path, tmp_path: Path) -> None:
    config, data = tmp_path / "config", copied(golden_data, tmp_path / "data")
    config.mkdir()
    (config / "rxladder.yml").write_text(
        f"data: ../data\nsources: [{{name: exports, exports: '{GOLDEN / 'feeds'}'}}]\n", encoding="utf-8"
    )
    make_key(config / "ssh.key", passphrase=SSH_PASSPHRASE)
    with pgp_keys() as pgp, sftp_serving(tmp_path / "sftp") as server:
        (config / "pgp.key").write_bytes(pgp.armoured)
        (server.keys / "authorized").write_bytes((config / "ssh.key.pub").read_bytes())
        server.put("RWD_12312024.txt.pgp", pgp.encrypted(REWARDS))
        server.put("RWD_12312024.txt.pgp.done", "")
        server.put("RWD_01312025.txt.pgp", pgp.encrypted(REWARDS)[:100])
        server.put("readme.pdf", "x")
        text = SOURCES.replace("PORT", str(server.port)).replace("USER", server.user)
        text = text.replace("FOLDER", str(server.folder)).replace("FINGERPRINT", server.fingerprint())
        (config / "sources.yml").write_text(text, encoding="utf-8")
        env = environment(RXL_SSH_PASSPHRASE=SSH_PASSPHRASE, RXL_PGP_PASSPHRASE=PASSPHRASE)
        tried = rxladder("source", "test", "drops", "--config", config, env=env)
        arguments = ("sync", "--config", config, "--data", data, "--as-of", GOLDEN_AS_OF)
        first = rxladder(*arguments, env=env)
        (config / "sources.yml").write_text(text.replace(server.fingerprint(), "SHA256:another"), encoding="utf-8")
        broken = rxladder(*arguments, env=env)
        status = rxladder("status", "--config", config, "--data", data, env=env)
        (config / "sources.yml").write_text(text, encoding="utf-8")
        again = rxladder(*arguments, env=env)
        fingerprint = server.fingerprint()
    assert tried.returncode == 0, said(tried)
    for shown in (
        f"127.0.0.1 is the server that is pinned (ssh-ed25519 {fingerprint})",
        "RWD_01312025.txt.pgp: not whole yet",
        "there is no RWD_01312025.txt.pgp.done yet",
        "readme.pdf: not read: its name fits no feed",
        "dropped-1",
    ):
        assert shown in tried.stdout, said(tried)
    assert first.returncode == 0, said(first)
    assert "not whole yet: RWD_01312025.txt.pgp" in said(first)
    assert broken.returncode == status.returncode == 3, said(broken)
    for ended in (broken, status):
        assert "Not pulled rewards of drops" in said(ended)
        assert fingerprint in said(ended)
    assert again.returncode == 0, said(again)
    assert "Nothing new" in said(again)
    with published(data) as connection:
        landed = connection.execute("select count(*) from metrics.quality.batches where source = 'drops'")
        assert landed.fetchone() == (1,)
    history = pulled_history(data, "drops", "rewards")
    assert history.passed == [True, False, True]
    assert "pinned" in history.reasons[1]
    assert history.counted["files received"] == 1
    secrets = [SSH_PASSPHRASE, PASSPHRASE, pgp.armoured.decode().splitlines()[4]]
    secrets += (config / "ssh.key").read_text(encoding="utf-8").splitlines()[1:3]
    everything = "".join(map(said, (tried, first, broken, status, again)))
    assert [secret for secret in secrets if secret in everything] == []
    written = [path for path in data.rglob("*") if path.is_file()]
    assert [path for path in written if any(secret.encode() in path.read_bytes() for secret in secrets)] == []
