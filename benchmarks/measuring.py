"""Runs a command and says how long it took and the most memory it and its children held."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall-clock seconds, peak memory of the whole process tree in bytes, exit code and what was printed."""

    seconds: float
    peak_bytes: int
    code: int
    output: str


def measure(command: Sequence[object]) -> Measured:
    """Run a command to its end; memory is the sum of resident sets, looked at every 50 ms (Linux only)."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _tree_bytes(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    output = process.stdout.read() if process.stdout else ""
    return Measured(seconds, peak, process.returncode, output)


def _tree_bytes(root: int) -> int:
    """Return the resident bytes of a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # it has just ended
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        except OSError:
            continue
    return total
