"""The worker process: one JSON request a line on stdin, one JSON reply a line on stdout.

Requests: `feeds`, `tables`, `docs` with the arguments of the functions of `checks`, and `quit`. A reply is
`{"answer": ...}` or `{"error": text}`; a request that fails leaves the worker ready for the next. The end of stdin
ends the worker, so that it never outlives its caller.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from pipelines.garbage import collect_garbage_rarely
from pipelines.quality.table import Grain


def main() -> None:
    """Serve requests until `quit` or the end of stdin."""
    replies = _private_stdout()
    collect_garbage_rarely()
    from pipelines.quality import checks  # here, because it is slow and may print: stdout must be out of reach

    def answer(request: dict[str, Any]) -> object:
        kind = request["request"]
        if kind == "feeds":
            results = checks.check_feeds(_paths(request["batches"]), _paths(request["catalogues"]))
        elif kind == "tables":
            grains = {table: Grain(*map(tuple, parts)) for table, parts in request["grains"].items()}
            results = checks.check_tables(Path(request["metrics_path"]), request["tables"], request["required"], grains)
        elif kind == "docs":
            checks.build_data_docs(Path(request["folder"]))
            return None
        else:
            raise ValueError(f"unknown request {kind!r}")
        return [result.as_record() for result in results]

    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["request"] == "quit":
                return
            reply = {"answer": answer(request)}
        except Exception as error:  # noqa: BLE001  (whatever went wrong is the caller's to hear)
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _private_stdout() -> TextIO:
    """Keep stdout for replies: whatever else is printed, by any library, goes to stderr."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


def _paths(files: dict[str, list[str]]) -> dict[str, list[Path]]:
    return {feed: [Path(file) for file in paths] for feed, paths in files.items()}


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # nothing is left to do, and taking the libraries apart would keep the caller waiting for a second
