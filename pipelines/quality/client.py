"""The other end of the worker process: starts it, asks, and hands back results as futures."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipelines.quality.results import CheckResult
from pipelines.quality.table import Grain

_STDERR_TAIL = 2000  # bytes of the worker's last words that an error quotes
_EXIT_SECONDS = 10


class QualityError(Exception):
    """The checks could not be carried out: the worker reported an error, or died."""


class QualityWorker:
    """A process that checks while the caller does other work.

    Started early, it imports Great Expectations on the other core. Requests return at once with a Future, are
    worked off in order, and fail with QualityError; a worker that dies fails what it was asked, and nobody hangs.

        with QualityWorker() as worker:
            feeds = worker.check_feeds(batches)
            build()
            tables = worker.check_tables(path)
            results = [*feeds.result(), *tables.result()]
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed in close)
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="quality-worker")

    def start(self) -> "QualityWorker":
        """Start the process; it begins to import at once."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.quality.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            encoding="utf-8",
        )
        return self

    def __enter__(self) -> "QualityWorker":
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id while it is started."""
        return self._process.pid if self._process else None

    def check_feeds(
        self, batches: Mapping[str, Sequence[Path]], catalogues: Mapping[str, Sequence[Path]] | None = None
    ) -> Future[list[CheckResult]]:
        """Ask for `checks.check_feeds`."""
        request = {"request": "feeds", "batches": _texts(batches), "catalogues": _texts(catalogues or {})}
        return self._queue.submit(self._results, request)

    def check_tables(
        self,
        metrics_path: Path,
        tables: Collection[str] | None = None,
        required: Collection[str] = (),
        grains: Mapping[str, Grain] | None = None,
    ) -> Future[list[CheckResult]]:
        """Ask for `checks.check_tables`."""
        request = {
            "request": "tables",
            "metrics_path": str(metrics_path.absolute()),
            "tables": None if tables is None else sorted(tables),
            "required": sorted(required),
            "grains": {table: (grain.columns, grain.nullable) for table, grain in (grains or {}).items()},
        }
        return self._queue.submit(self._results, request)

    def build_data_docs(self, folder: Path) -> Future[None]:
        """Ask for `checks.build_data_docs`."""
        return self._queue.submit(self._exchange, {"request": "docs", "folder": str(folder.absolute())})

    def close(self) -> None:
        """End the worker: what was asked and has not begun is dropped, what has begun is waited for."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None and process.stdout is not None
            self._queue.shutdown(cancel_futures=True)
            try:
                process.communicate(timeout=_EXIT_SECONDS)  # closes its stdin, at whose end it stops
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        self._stderr.close()

    def _results(self, request: Mapping[str, object]) -> list[CheckResult]:
        return [CheckResult.from_record(record) for record in self._exchange(request)]

    def _exchange(self, request: Mapping[str, object]) -> Any:
        """Send one request and read its reply."""
        process = self._process
        if process is None:
            raise QualityError("the quality worker is not running")
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise QualityError(self._obituary(process))
        reply = json.loads(line)
        if "error" in reply:
            raise QualityError(reply["error"])
        return reply["answer"]

    def _obituary(self, process: "subprocess.Popen[str]") -> str:
        code = process.wait()
        self._stderr.seek(0)
        said = self._stderr.read()[-_STDERR_TAIL:].decode("utf-8", "replace").strip()
        return f"the quality worker died (exit code {code}); its last words: {said or 'none'}"


def _texts(files: Mapping[str, Sequence[Path]]) -> dict[str, list[str]]:
    return {feed: [str(file.absolute()) for file in paths] for feed, paths in files.items()}
