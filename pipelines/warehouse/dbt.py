"""Runs dbt and reports each node as it ends.

`DbtProcess` runs it in a process of its own: dbt and DuckDB work on one core while the caller records events on
the other, importing dbt (a second and more) overlaps with landing, and a crash there is an error here.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import multiprocessing
import os
import queue
import re
import shutil
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.garbage import collect_garbage_rarely

PROJECT_DIR = Path(__file__).resolve().parents[2] / "dbt_project"
_SHARED_TARGET = PROJECT_DIR / "target"
_FUNCTIONS = (Path(__file__).with_name("functions.py"), *sorted((Path(__file__).parents[1] / "causal").glob("*.py")))
_CHECKED_ELSEWHERE = [f"test_name:grain,path:models/{room}" for room in ("core", "marts", "quality")]
_PARSE_CACHE = ("manifest.json", "partial_parse.msgpack", "project_hash")

os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "0")


class DbtFailure(Exception):
    """The dbt run failed; the message names the nodes and says why."""


@dataclass(frozen=True, slots=True)
class NodeEnd:
    """That a model or data test has ended, told while the others go on. `row_count` is that of a model's table."""

    unique_id: str
    status: str
    row_count: int | None


@dataclass(frozen=True, slots=True)
class NodeResult:
    """How one model or data test ended.

    `table` is schema.name of a model in the analysts' file, else None. `failures` counts the rows a test found;
    `seconds` is its run time.
    """

    unique_id: str
    table: str | None
    kind: Literal["model", "test", "seed", "operation", "other"]
    status: Literal["success", "pass", "warn", "fail", "error", "skipped"]
    seconds: float
    failures: int | None
    message: str | None


def project_hash() -> str:
    """Return a hash of everything that makes a model's rows: what dbt reads, and the functions that models call."""
    digest = hashlib.sha256()
    for file in sorted(PROJECT_DIR.rglob("*")):
        relative = file.relative_to(PROJECT_DIR)
        if file.suffix in {".sql", ".yml", ".csv", ".md"} and relative.parts[0] not in {"target", "logs"}:
            digest.update(str(relative).encode() + b"\0" + file.read_bytes() + b"\0")
    for file in _FUNCTIONS:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def manifest_file(target_dir: Path) -> Path:
    """Return the path of a manifest.json that is up to date, parsing the project only when it changed.

    The parse is kept in `target_dir` and, for the next data folder, in the project's own target folder.
    """
    current = project_hash()
    manifest = target_dir / "manifest.json"
    if _hash_of(target_dir) == current:
        return manifest
    target_dir.mkdir(parents=True, exist_ok=True)
    if _hash_of(_SHARED_TARGET) == current:
        _copy_cache(_SHARED_TARGET, target_dir)
        return manifest
    _invoke(["parse"], target_dir.parent, target_dir)
    (target_dir / "project_hash").write_text(current, encoding="ascii")
    _copy_cache(target_dir, _SHARED_TARGET)
    return manifest


def load_manifest(target_dir: Path) -> Mapping[str, Any]:
    """Return the up-to-date dbt manifest as data."""
    content: Mapping[str, Any] = json.loads(manifest_file(target_dir).read_text(encoding="utf-8"))
    return content


def run(
    build_dir: Path, selection: Sequence[str], on_node: Callable[[NodeEnd], None] | None = None
) -> list[NodeResult]:
    """Build the selected models and run their data tests; return a result for each node.

    The grain of tables in the analysts' file is declared as a test of dbt's and judged with the rest of the table by
    Great Expectations (`pipelines.orchestration.checks.grains`): as nodes of dbt's those tests took a tenth of a sync.

    Args:
        build_dir: the folder with build.duckdb; profile paths are relative to it.
        selection: dbt selectors; empty builds everything.
        on_node: called as each node ends, for progress.

    Raises:
        DbtFailure: a model could not be built (a failed data test is a result, not an exception).
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", "--exclude", *_CHECKED_ELSEWHERE]
    if selection:
        arguments += ["--select", *selection]
    target_dir = build_dir / "target"
    manifest_file(target_dir)
    results = [_node_result(raw) for raw in _invoke(arguments, build_dir, target_dir, on_node).results]
    broken = [node for node in results if node.status == "error"]
    log = build_dir / "logs" / "dbt.log"
    if broken:
        raise DbtFailure("\n".join(f"{node.unique_id}: {without_data(node.message or '', log)}" for node in broken))
    left_out = [node.unique_id for node in results if node.kind == "model" and node.status == "skipped"]
    if left_out and all(node.status != "fail" for node in results):  # dbt lists no ephemeral model that failed
        raise DbtFailure(f"{', '.join(left_out)}: could not be built; {log} says why")
    return results


class DbtProcess:
    """A process that has dbt loaded. Start it early; `run` then costs no import.

    The process ends with its parent, however that ends. `memory_limit` is the most DuckDB may use, such as "1500MB".
    """

    def __init__(self, memory_limit: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._nodes: Any = context.Queue()
        arguments = (self._nodes, os.getpid(), memory_limit)
        self._pool = ProcessPoolExecutor(1, context, initializer=_begin_process, initargs=arguments)
        self._pool.submit(_load_dbt)

    def __enter__(self) -> DbtProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; what it is doing is waited for."""
        self._pool.shutdown(cancel_futures=True)

    def release(self) -> None:
        """Let the process end while other work goes on; `close` waits for it."""
        self._pool.shutdown(wait=False)

    def manifest_file(self, target_dir: Path) -> Future[Path]:
        """Begin to bring the manifest up to date, as `manifest_file` does."""
        return self._pool.submit(manifest_file, target_dir)

    def run(self, build_dir: Path, selection: Sequence[str]) -> Generator[NodeEnd, None, list[NodeResult]]:
        """Run dbt as `run` does; yield nodes as they end, return the results.

        Raises:
            DbtFailure: a model could not be built, or the process died.
        """
        future: Future[list[NodeResult]] = self._pool.submit(_run_here, build_dir, selection)
        while not (future.done() and self._nodes.empty()):
            with contextlib.suppress(queue.Empty):
                yield self._nodes.get(timeout=0.1)
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise DbtFailure("the dbt process was killed (out of memory?); the next sync builds anew") from error


_nodes_of_process: Any = None


def _begin_process(nodes: Any, parent: int, memory_limit: str) -> None:
    global _nodes_of_process  # noqa: PLW0603 - a pool's initializer can hand a queue over in no other way
    _nodes_of_process = nodes
    atexit.register(os._exit, 0)  # runs last: to take dbt's objects apart costs others most of a second
    collect_garbage_rarely()
    os.environ["RXLADDER_MEMORY_LIMIT"] = memory_limit  # the profile reads it

    def end_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def _load_dbt() -> None:
    import dbt.adapters.duckdb.impl  # pyright: ignore[reportUnusedImport]
    import dbt.cli.main  # pyright: ignore[reportUnusedImport] # noqa: F401


def _run_here(build_dir: Path, selection: Sequence[str]) -> list[NodeResult]:
    return run(build_dir, selection, _nodes_of_process.put)


def _invoke(
    arguments: Sequence[str],
    working_dir: Path,
    target_dir: Path,
    on_node: Callable[[NodeEnd], None] | None = None,
) -> Any:
    # Imported late: it costs more than a second, and a sync with nothing new does not need it.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    def watch(event: Any) -> None:
        if on_node is not None and event.info.name == "NodeFinished":
            node = event.data.node_info
            environment = DuckDBConnectionManager._ENV  # pyright: ignore[reportPrivateUsage]
            count = None
            is_table = node.resource_type == "model" and node.materialized != "ephemeral"
            if is_table and node.node_status == "success" and environment is not None:
                with environment.conn.cursor() as cursor:  # pyright: ignore[reportAttributeAccessIssue]
                    cursor.execute(f"select count(*) from {node.node_relation.relation_name}")
                    (count,) = cursor.fetchone()
            on_node(NodeEnd(node.unique_id, node.node_status, count))

    fixed = [
        "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR), "--target-path", str(target_dir),
        "--log-path", str(target_dir.parent / "logs"), "--log-level", "none", "--log-level-file", "info", "--quiet",
        "--no-print", "--no-use-colors", "--no-version-check",
        "--write-json" if arguments[0] == "parse" else "--no-write-json",
    ]  # fmt: skip
    with _inside(working_dir):
        outcome = dbtRunner(callbacks=[watch]).invoke([*arguments, *fixed])
        # Without this the build file stays open, and locked, for as long as the process lives.
        environment = DuckDBConnectionManager._ENV  # pyright: ignore[reportPrivateUsage]
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        raise DbtFailure(str(outcome.exception))
    if outcome.result is None:
        raise DbtFailure(f"dbt {arguments[0]} gave no result")
    return outcome.result


@contextlib.contextmanager
def _inside(folder: Path) -> Generator[None]:
    """Work in `folder`: the profile's paths are relative so that a moved data folder keeps its parse cache."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):
        yield


def _node_result(raw: Any) -> NodeResult:
    status = str(raw.status.value if hasattr(raw.status, "value") else raw.status)
    kind = str(raw.node.resource_type.value)
    return NodeResult(
        unique_id=raw.node.unique_id,
        table=f"{raw.node.schema}.{raw.node.name}" if kind == "model" and raw.node.database == "metrics" else None,
        kind=kind if kind in {"model", "test", "seed", "operation"} else "other",  # pyright: ignore[reportArgumentType]
        status={"runtime error": "error"}.get(status, status),  # pyright: ignore[reportArgumentType]
        seconds=float(raw.execution_time),
        failures=raw.failures,
        message=raw.message,
    )


def without_data(message: str, log: Path) -> str:
    """Return what dbt says of a failed node without the row that DuckDB may quote: it may be a name or a pay rate.

    Faults in the project itself (compilation, contract) hold no data and are given whole.
    """
    title, _, rest = message.partition("\n")
    if not title.startswith(("Runtime Error", "Database Error")):
        return message
    kind = re.match(r"\s*([A-Za-z ]+ Error)\b", rest)
    return f"{title}: {kind[1] if kind else 'an error'}; what it says may quote a row, so it is in {log} only"


def _hash_of(target_dir: Path) -> str | None:
    file = target_dir / "project_hash"
    return file.read_text(encoding="ascii") if file.exists() else None


def _copy_cache(source: Path, target: Path) -> None:
    """Copy the parse cache, each file by rename and the hash last: a reader sees all of it or none."""
    target.mkdir(parents=True, exist_ok=True)
    for name in _PARSE_CACHE:
        if (source / name).exists():
            part = target / f".{name}.{os.getpid()}"
            shutil.copyfile(source / name, part)
            part.replace(target / name)
