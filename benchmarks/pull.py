"""Pulls 500,000 completions over pages of 5,000 from a local server: by `requests` and DuckDB alone, by RxLadder up to
the landed batch, and by dlt's REST source into DuckDB. Each in a process of its own; the server in another.

    python -m benchmarks.pull [--records N] [--page N] [--rounds N] [--without-dlt]

Prints a table and keeps it in benchmarks/results/pull.md by commit. Processor seconds are compared, so that others may
work on the machine meanwhile. dlt takes part where it is installed in an environment of its own: `uv venv .venv/dlt`,
then `VIRTUAL_ENV=.venv/dlt uv pip install 'dlt[duckdb]'`. With --page as large as --records all comes in one answer.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

PAGE = 5_000
ROOT = Path(__file__).resolve().parents[1]
DLT = ROOT / ".venv" / "dlt" / "bin" / "python"


def pages(records: int, size: int) -> list[bytes]:
    """The list, as the server sends it: what a learning system says of a completion."""
    made: list[bytes] = []
    for start in range(0, records, size):
        page = [
            {
                "id": f"c-{n:08d}",
                "user": {"number": f"{n % 9973:05d}", "mail": f"u{n % 9973}@example.org"},
                "course": {"code": f"CR-{n % 211:03d}", "title": "Sterile compounding, basic"},
                "finished": f"20{20 + n % 6:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}T10:{n % 60:02d}:00Z",
                "score": n % 101,
                "passed": n % 17 != 0,
                "changed": f"2026-01-01T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z",
            }
            for n in range(start, min(start + size, records))
        ]
        made.append(json.dumps({"data": page, "total": records}).encode())
    return made


def serve(records: int, size: int, tell: Connection) -> None:
    """Serve the pages on a free port, which is told."""
    bodies = pages(records, size)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            body = bodies[number - 1] if number <= len(bodies) else b'{"data": [], "total": %d}' % records
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tell.send(server.server_port)
    server.serve_forever()


@contextmanager
def serving(records: int, size: int = PAGE) -> Generator[str]:
    hear, tell = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(records, size, tell), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{hear.recv()}/"
    finally:
        server.terminate()
        server.join()


def by_hand(url: str, folder: Path, records: int) -> int:
    """`requests` to files, DuckDB from there into typed rows: the least that has to be done."""
    import duckdb
    import requests

    with requests.Session() as session:
        number, fetched = 0, b""
        while b'"data": []' not in fetched:
            number += 1
            answer = session.get(f"{url}completions", params={"page": number}, timeout=600)
            answer.raise_for_status()
            fetched = answer.content
            (folder / f"{number:06d}.json").write_bytes(fetched)
    size = max(50_000_000, *(file.stat().st_size + 1 for file in folder.glob("*.json")))
    connection = duckdb.connect(str(folder / "rows.duckdb"))
    connection.execute(
        f"""
        create table completions as
        select r.id, r.user.number as employee_id, r.course.code as course_id,
            timezone('America/New_York', r.finished::timestamptz)::date as completed_on, r.score::double as score,
            r.passed::boolean as passed
        from (select unnest(data) as r from read_json('{folder}/*.json', maximum_object_size = {size}))
        """
    )
    row = connection.execute("select count(*) from completions").fetchone()
    assert row is not None
    return row[0]


def by_rxladder(url: str, folder: Path, records: int) -> int:
    """The pull and the landed batch: checked, typed, with the answers as received and the cursor."""
    from pipelines.connectors.rest.spec import SourceSpec
    from pipelines.landing import Batch, Landing
    from pipelines.orchestration.pulls import PulledSource, pull_all
    from pipelines.settings import Pulled

    spec = SourceSpec.model_validate(
        {
            "name": "lms",
            "base": url,
            "streams": [
                {
                    "name": "done",
                    "path": "completions",
                    "records": "data",
                    "paging": {"kind": "page", "parameter": "page", "total": "total"},
                    "cursor": {"parameter": "since", "path": "changed"},
                    "feed": "completions",
                    "columns": {
                        "completion_id": "id",
                        "employee_id": {"path": "user.number", "required": True},
                        "course_id": "course.code",
                        "completed_on": {"path": "finished", "parse": "date"},
                        "score": "score",
                        "passed": "passed",
                    },
                }
            ],
        }
    )
    landing = Landing(folder)
    one = Pulled(spec=spec, config_dir=folder)
    pulls = pull_all(folder, [PulledSource(spec, one.options(), folder, "America/New_York")], landing)
    (outcome,) = [landing.land(*delivery) for delivery in pulls.deliveries]
    pulls.clear()
    landing.close()
    assert isinstance(outcome, Batch)
    return outcome.row_count


WAYS = {"requests and DuckDB": by_hand, "RxLadder": by_rxladder}


def timed(way: str, url: str, records: int) -> tuple[float, float, int]:
    """Wall time, CPU time (both s) and peak memory (MB) of one way in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        python = str(DLT) if way == "dlt" else sys.executable
        code = [str(Path(__file__).with_name("pull_dlt.py"))]
        if way != "dlt":
            code = ["-m", "benchmarks.pull", "--way", way]
        began = time.perf_counter()
        running = subprocess.Popen([python, *code, "--url", url, "--folder", folder, "--records", str(records)])
        _, status, used = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"{way} failed")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=500_000)
    parser.add_argument("--page", type=int, default=PAGE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-dlt", action="store_true")
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--url")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.way:
        assert WAYS[asked.way](asked.url, asked.folder, asked.records) == asked.records
        return
    ways = [*WAYS, *(["dlt"] if DLT.exists() and not asked.without_dlt else [])]
    found: dict[str, list[tuple[float, float, int]]] = {way: [] for way in ways}
    with serving(asked.records, asked.page) as url:
        for _ in range(asked.rounds):
            for way in ways:
                found[way].append(timed(way, url, asked.records))
                print(way, *(f"{value:.2f}" for value in found[way][-1]), flush=True)
    base = median(cpu for _, cpu, _ in found["requests and DuckDB"])
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    lines = [
        f"\n## {commit}: {asked.records:,} completions, pages of {asked.page:,}, median of {asked.rounds} rounds\n",
        "| way | wall s | CPU s | CPU, 1 = requests and DuckDB | peak MB |\n| --- | --- | --- | --- | --- |",
    ]
    for way, rounds in found.items():
        wall, cpu, memory = (median(one[place] for one in rounds) for place in range(3))
        lines.append(f"| {way} | {wall:.1f} | {cpu:.1f} | {cpu / base:.2f} | {memory:,.0f} |")
    print(*lines, sep="\n")
    with (ROOT / "benchmarks" / "results" / "pull.md").open("a", encoding="utf-8") as target:
        target.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
