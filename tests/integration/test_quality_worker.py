"""The worker process: answers in order, survives bad requests, and tells its caller when it dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.quality import QualityError, QualityWorker

SECONDS = 60


@pytest.fixture(scope="module")
def worker() -> Iterator[QualityWorker]:
    with QualityWorker() as running:
        yield running


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.dim_sites as select unnest(['S1', null]) as site_id")
    return path


def test_requests_are_answered_in_order(worker: QualityWorker, metrics: Path, tmp_path: Path) -> None:
    feeds = worker.check_feeds({})
    tables = worker.check_tables(metrics, required=["core.dim_tiers"])
    docs = worker.build_data_docs(tmp_path / "docs")
    assert feeds.result(SECONDS) == []
    assert {result.name for result in tables.result(SECONDS) if not result.passed} == {
        "site_id_is_known",
        "can_be_read",
    }
    assert docs.result(SECONDS) is None
    assert (tmp_path / "docs" / "index.html").exists()


def test_the_file_is_free_again_after_a_check(worker: QualityWorker, metrics: Path) -> None:
    worker.check_tables(metrics).result(SECONDS)
    with duckdb.connect(metrics) as connection:
        connection.execute("delete from core.dim_sites where site_id is null")
    assert all(result.passed for result in worker.check_tables(metrics).result(SECONDS))


def test_a_request_that_fails_leaves_the_worker_ready(worker: QualityWorker, metrics: Path, tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="payroll"):
        worker.check_feeds({"payroll": [tmp_path / "p.parquet"]}).result(SECONDS)
    with pytest.raises(QualityError, match=r"nowhere\.duckdb"):
        worker.check_tables(tmp_path / "nowhere.duckdb").result(SECONDS)
    assert worker.check_tables(metrics).result(SECONDS)


def test_a_killed_worker_fails_what_was_asked_of_it(metrics: Path) -> None:
    with QualityWorker() as worker:
        assert worker.pid is not None
        waiting = worker.check_tables(metrics)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(QualityError, match=r"died \(exit code -9\)"):
            waiting.result(SECONDS)
        with pytest.raises(QualityError, match="died"):
            worker.check_feeds({}).result(SECONDS)


def test_its_last_words_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "great_expectations.py").write_text("raise ImportError('no such luck')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with QualityWorker() as worker, pytest.raises(QualityError, match="no such luck"):
        worker.check_feeds({}).result(SECONDS)


def test_without_start_a_request_fails_at_once() -> None:
    worker = QualityWorker()
    with pytest.raises(QualityError, match="not running"):
        worker.check_feeds({}).result(SECONDS)
    worker.close()


def test_the_protocol_is_one_line_a_message(metrics: Path) -> None:
    requests: list[dict[str, object]] = [
        {"request": "tables", "metrics_path": str(metrics), "tables": None, "required": [], "grains": {}},
        {"request": "dance"},
        {"request": "quit"},
    ]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.quality.worker"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=True,
    )
    tables, dance = map(json.loads, done.stdout.splitlines())
    assert {record["suite"] for record in tables["answer"]} == {"core.dim_sites"}
    assert dance == {"error": "ValueError: unknown request 'dance'"}
