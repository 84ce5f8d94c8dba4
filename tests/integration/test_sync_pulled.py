"""The whole command with a source that is pulled: lands, fails with code 3 and the old data in force, recovers."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

from pipelines.connectors.standing import note_failure
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, copied, environment, published, rxladder, said
from tests.integration.interface import Asked, Reply, serving
from tests.integration.pulled_history import pulled_history

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
"""


def test_a_pulled_source_lands_fails_and_recovers(golden_data: Path, tmp_path: Path) -> None:
    key, password = "planted-key/of=the tests", 'planted & password/of"the tests'
    basic = "Basic " + base64.b64encode(f"rx:{password}".encode()).decode()
    config = tmp_path / "config"
    config.mkdir()
    (config / "key.secret").write_text(key + "\n", encoding="utf-8")
    (config / "rxladder.yml").write_text(
        f"sources: [{{name: exports, exports: '{GOLDEN / 'feeds'}'}}]\n", encoding="utf-8"
    )
    data = copied(golden_data, tmp_path / "data")
    record = {"id": "pulled-1", "who": "00001", "at": 1735700000, "kind": "bonus", "sum": 250}
    echo = {
        "id": f"pulled-1 {key} {password} {basic}",
        "said": [quote(key), quote_plus(password), html.escape(password)],
    }
    landed = [{**record, **echo}]
    replies = [Reply(landed), Reply(landed), Reply(b"<html>log in</html>"), Reply({"error": echo}, 500), Reply(landed)]

    def answer(asked: Asked) -> Reply:
        is_signed = asked.headers["X-Api-Key"] == key and asked.headers["Authorization"] == basic
        return replies.pop(0) if is_signed else Reply({}, 401)

    env = environment(REWARDS_PASSWORD=password)
    with serving(answer) as interface:
        (config / "sources.yml").write_text(SOURCES.replace("BASE", interface.url), encoding="utf-8")
        tried = rxladder("source", "test", "rewards_system", "--config", config, env=env)
        arguments = ("sync", "--config", config, "--data", data, "--as-of", GOLDEN_AS_OF)
        first, broken, refused = (rxladder(*arguments, env=env) for _ in range(3))
        (data / "pulls" / "long_gone").mkdir()
        note_failure(data / "pulls" / "long_gone", "long_gone", "courses", "its configuration is gone")
        again = rxladder(*arguments, env=env)
    assert tried.returncode == 0, said(tried)
    assert "pulled-1" in tried.stdout
    assert first.returncode == 0, said(first)
    assert broken.returncode == 3, said(broken)
    assert "Not pulled rewards of rewards_system" in said(broken)
    assert "web page" in said(broken)
    assert refused.returncode == 3, said(refused)
    assert "status 500" in said(refused)
    assert again.returncode == 0, said(again)
    assert "Nothing new" in said(again)
    assert not replies
    with published(data) as connection:
        landed = connection.execute("select count(*) from metrics.quality.batches where source = 'rewards_system'")
        assert landed.fetchone() == (1,)
    history = pulled_history(data, "rewards_system", "rewards")
    assert history.passed == [True, False, False, True]
    assert "web page" in history.reasons[2]
    assert history.counted["records received"] == 1
    forms = {key, password, basic.removeprefix("Basic "), json.dumps(password)[1:-1], html.escape(password)}
    forms |= {form.replace("/", "\\/") for form in forms}
    forms |= {quoted(secret) for secret in (key, password) for quoted in (quote, quote_plus)}
    files = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert any(path.suffix == ".db" for path in files), "Dagster's events are among them"
    for form in forms:
        assert form not in "".join(map(said, (tried, first, broken, refused, again)))
        assert [path for path, content in files.items() if form.encode() in content] == []
