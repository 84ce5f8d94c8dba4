"""How fast the dashboard answers: first view of every page, a change of the place, one person and twenty at once.

python -m benchmarks.dashboard DATA [--people 20]

DATA is a synced data folder, such as one of `rxladder demo --employees 100000 --sites 400`: that has every feed, so
that no page is fast because it is empty. Speaks the protocol of Streamlit's browser client, so that the time is the
server's: from the request to the end of the page's script, everything sent. Where others share the machine, only the
processor's seconds can be compared; a line says how busy it was. Prints a table and keeps it by commit in
benchmarks/results/dashboard.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.measuring import RXLADDER
from dashboards.app_pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "dashboard.md"
ADDRESSES = [address for entries in PAGES.values() for address, _, _ in entries]
ROUNDS = 5  # changes of the place on a page
PAUSE = (2, 8)  # seconds for which one of many people looks at a page


@dataclass
class Visitor:
    """One browser session: what it is shown of the place filter, and the last state of it."""

    socket: ClientConnection
    place_widget: str = ""
    places: list[str] = field(default_factory=list[str])

    async def ask(self, page: str, place: str | None = None) -> float:
        """Run a page, with another place when given; seconds until its script has ended."""
        message = BackMsg()
        message.rerun_script.page_name = "" if page == ADDRESSES[0] else page
        if place is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = self.place_widget, place
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.socket.recv(decode=False), timeout=60))
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "selectbox":
                box = answer.delta.new_element.selectbox
                if box.label == "Where":
                    self.place_widget, self.places = box.id, list(box.options)
            elif kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                raise SystemExit(f"{page}: {answer.delta.new_element.exception.message}")
            elif kind == "script_finished":
                return time.perf_counter() - began


@dataclass
class Times:
    """Seconds by the wall, and of the server's processor, of one kind of request."""

    wall: list[float] = field(default_factory=list[float])
    processor: list[float] = field(default_factory=list[float])

    def __str__(self) -> str:
        if not self.wall:
            return ""
        if len(self.wall) == 1:
            return f"{self.wall[0]:.2f} s ({self.processor[0]:.2f} s of processor)"
        middle, high = np.percentile(self.wall, [50, 95])
        spent = (
            f"; processor {np.median(self.processor):.2f} s, {np.percentile(self.processor, 95):.2f} s"
            if self.processor
            else ""
        )
        return f"{middle:.2f} s, {high:.2f} s ({len(self.wall)} changes{spent})"


async def measured(port: int, people: int, server: int) -> list[tuple[str, str, str]]:
    """The rows of the table; `server` is the process whose time counts."""
    address = f"ws://localhost:{port}/_stcore/stream"
    rng = random.Random(0)
    first = {page: Times() for page in ADDRESSES}
    changes = {page: Times() for page in ADDRESSES}

    async def timed(times: Times, visitor: Visitor, page: str, place: str | None = None) -> None:
        before = _processor_seconds(server)
        times.wall.append(await visitor.ask(page, place))
        times.processor.append(_processor_seconds(server) - before)

    for page in ADDRESSES:
        async with connect(address, max_size=None, origin=Origin(f"http://localhost:{port}")) as opened:
            visitor = Visitor(opened)
            await timed(first[page], visitor, page)
            for _ in range(ROUNDS if visitor.places else 0):
                await timed(changes[page], visitor, page, rng.choice(visitor.places))
    crowd = Times()

    async def visit(pages: list[str]) -> None:
        async with connect(address, max_size=None, origin=Origin(f"http://localhost:{port}")) as opened:
            visitor = Visitor(opened)
            for page in pages:
                visitor.places = []
                await asyncio.sleep(rng.uniform(*PAUSE))
                await visitor.ask(page)
                for _ in range(ROUNDS if visitor.places else 0):
                    await asyncio.sleep(rng.uniform(*PAUSE))
                    crowd.wall.append(await visitor.ask(page, rng.choice(visitor.places)))

    load = os.getloadavg()[0]
    await asyncio.gather(*(visit(rng.sample(ADDRESSES, 2)) for _ in range(people)))
    slowest = max(first, key=lambda page: first[page].wall[0])
    every = Times(
        [time for one in changes.values() for time in one.wall],
        [time for one in changes.values() for time in one.processor],
    )
    return [
        *((f"first view: {page}", str(first[page]), "") for page in ADDRESSES),
        (f"slowest first view ({slowest})", str(first[slowest]), "< 2 s"),
        *((f"another place: {page}", str(times), "") for page, times in changes.items() if times.wall),
        ("another place, any page, one person: median, 95th percentile", str(every), "95th < 0.5 s"),
        (f"another place, {people} people, each after {PAUSE[0]} to {PAUSE[1]} s", str(crowd), "95th < 0.5 s"),
        ("others on the machine before that: load average", f"{load:.1f}", ""),
    ]


def _processor_seconds(process: int) -> float:
    """What a process has used so far (Linux only)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(data: Path, people: int) -> None:
    """Start the dashboard, measure it, print and keep the table."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [RXLADDER, "dashboard", "--data", data, "--port", str(port)], stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        _wait_until_up(port)
        rows = asyncio.run(measured(port, people, _server_of(server.pid)))
    finally:
        server.terminate()
        server.wait(timeout=30)
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=ROOT)
    lines = [
        f"## {head.stdout.strip()}: {data.name}, {os.cpu_count()} cores",
        "",
        "| what | measured | goal |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {what} | {figure} | {goal} |" for what, figure, goal in rows]
    print("\n".join(lines))
    with RESULTS.open("a", encoding="utf-8") as kept:
        kept.write("\n".join([*lines, "", ""]))


def _server_of(starter: int) -> int:
    """The process that `rxladder dashboard` became or started."""
    children = Path(f"/proc/{starter}/task/{starter}/children").read_text().split()
    return int(children[0]) if children else starter


def _wait_until_up(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the dashboard's server did not come up")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=20)
    asked = parser.parse_args(sys.argv[1:])
    main(asked.data, asked.people)
