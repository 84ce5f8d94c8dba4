"""The whole command with a source that is pulled: lands, fails with code 3 and the old data in force, recovers."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.orchestration.sources import PULLED
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, copied, environment, published, rxladder, said
from tests.integration.interface import Reply, serving

SOURCES = """\
sources:
  - name: rewards_system
    base: BASE
    auth: {kind: headers, headers: {X-Api-Key: {file: key.secret}}}
    retries: 0
    streams:
      - name: rewards
        path: rewards
        feed: rewards
        columns: {reward_id: id, employee_id: who, granted_on: {path: at, parse: unix}, kind: kind, amount: sum}
"""


def test_a_pulled_source_lands_fails_and_recovers(golden_data: Path, tmp_path: Path) -> None:
    key = "planted-key-of-the-tests"
    config = tmp_path / "config"
    config.mkdir()
    (config / "key.secret").write_text(key + "\n", encoding="utf-8")
    (config / "rxladder.yml").write_text(
        f"sources: [{{name: exports, exports: '{GOLDEN / 'feeds'}'}}]\n", encoding="utf-8"
    )
    data = copied(golden_data, tmp_path / "data")
    record = {"id": "pulled-1", "who": "00001", "at": 1735700000, "kind": "bonus", "sum": 250}
    replies = [Reply([record]), Reply([record]), Reply(b"<html>log in</html>"), Reply([record])]
    with serving(lambda asked: replies.pop(0) if asked.headers["X-Api-Key"] == key else Reply({}, 401)) as interface:
        (config / "sources.yml").write_text(SOURCES.replace("BASE", interface.url), encoding="utf-8")
        tried = rxladder("source", "test", "rewards_system", "--config", config)
        arguments = ("sync", "--config", config, "--data", data, "--as-of", GOLDEN_AS_OF)
        first, broken, again = (rxladder(*arguments, env=environment()) for _ in range(3))
    assert tried.returncode == 0, said(tried)
    assert "pulled-1" in tried.stdout
    assert first.returncode == 0, said(first)
    assert broken.returncode == 3, said(broken)
    assert "Not pulled rewards of rewards_system" in said(broken)
    assert "web page" in said(broken)
    assert again.returncode == 0, said(again)
    assert "Nothing new" in said(again)
    assert not replies
    with published(data) as connection:
        landed = connection.execute("select count(*) from metrics.quality.batches where source = 'rewards_system'")
        assert landed.fetchone() == (1,)
    with dg.DagsterInstance.from_config(str(data / "dagster")) as instance:
        asset = dg.AssetKey(["sources", "rewards_system", "rewards"])
        records = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(asset, PULLED), 9)
        checks = [one.event.dagster_event.asset_check_evaluation_data for one in records]
        assert [one.passed for one in checks] == [True, False, True]
        assert "web page" in checks[1].metadata["reason"].value
        event = instance.get_latest_materialization_event(asset)
        assert event.asset_materialization.metadata["records received"].value == 1
    assert key not in said(first) + said(broken) + said(again)
    assert [path for path in data.rglob("*") if path.is_file() and key.encode() in path.read_bytes()] == []
