"""Runs a command, or a sync, and says how long it took and the most memory it and its children held."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RXLADDER = Path(sys.executable).with_name("rxladder")
AS_OF = "2025-06-17"
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall-clock and processor seconds, peak memory of the whole process tree in bytes, exit code and output.

    Where others share the machine, only the processor's seconds can be compared.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    code: int
    output: str

    def summary(self) -> str:
        """Return the figures for a table."""
        return f"{self.seconds:.1f} s ({self.cpu_seconds:.1f} s of processor), {self.peak_bytes / 1e9:.2f} GB"


def measure(command: Sequence[object]) -> Measured:
    """Run a command to its end, one at a time; memory is the sum of resident sets, seen every 50 ms (Linux only)."""
    began, cpu_before = time.perf_counter(), _cpu_of_children()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _tree_bytes(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    output = process.stdout.read() if process.stdout else ""
    return Measured(seconds, _cpu_of_children() - cpu_before, peak, process.returncode, output)


def sync(exports: Path, data: Path) -> Measured:
    """Run `rxladder sync` as of a fixed day."""
    return measure([RXLADDER, "sync", "--exports", exports, "--data", data, "--as-of", AS_OF])


def _cpu_of_children() -> float:
    """Return user and system seconds of all child processes, and of theirs, that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
