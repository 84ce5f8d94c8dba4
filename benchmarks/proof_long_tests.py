"""The tests marked `long`: replays of many syncs or builds, and the dashboard on further organisations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def prove() -> str:
    """Run them; raise AssertionError with pytest's last line when one fails."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "long"]
    ended = subprocess.run(
        command, cwd=Path(__file__).resolve().parents[1], capture_output=True, text=True, check=False
    )
    last = ended.stdout.strip().splitlines()[-1]
    assert ended.returncode == 0, last
    return last


if __name__ == "__main__":
    print(prove())
