"""`make proof`: what is too long for every commit. Each proof's last result by commit is in results/proof.md.

    python -m benchmarks.proof [NAME ...]

A proof is a module with `prove()`, which returns a line that says what was tried, or raises AssertionError.
"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

PROOFS = {
    "kills": "benchmarks.proof_kills",
    "mentorship": "benchmarks.proof_mentorship",
    "effect": "benchmarks.proof_effect",
}
RESULTS = Path(__file__).with_name("results") / "proof.md"
_HEAD = "| commit | proof | held | what was tried, or what failed | minutes |\n| --- | --- | --- | --- | --- |\n"


def main(names: list[str]) -> int:
    """Run the named proofs, or all; 1 when one did not hold."""
    unknown = sorted(set(names) - PROOFS.keys())
    if unknown:
        print(f"no proof is called {', '.join(unknown)}; there are {', '.join(PROOFS)}", file=sys.stderr)
        return 2
    return max([_run(name) for name in names or PROOFS])


def _run(name: str) -> int:
    print(f"{name} ...", flush=True)
    began = time.monotonic()
    try:
        held, text = True, import_module(PROOFS[name]).prove()
    except AssertionError as fault:
        held, text = False, str(fault)
    minutes = (time.monotonic() - began) / 60
    print(f"{name} {'held' if held else 'DID NOT HOLD'} in {minutes:.1f} minutes: {text}", flush=True)
    _note(_commit(), name, held, text, minutes)
    return 0 if held else 1


def _note(commit: str, name: str, held: bool, text: str, minutes: float) -> None:
    """Put the result in the place of an earlier one of the same proof and commit, else at the end."""
    rows = RESULTS.read_text(encoding="utf-8").splitlines(keepends=True)[2:] if RESULTS.exists() else []
    kept = [row for row in rows if not row.startswith(f"| {commit} | {name} |")]
    one_line = " ".join(text.split()).replace("|", "/")[:200]
    kept.append(f"| {commit} | {name} | {'yes' if held else 'no'} | {one_line} | {minutes:.1f} |\n")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(_HEAD + "".join(kept), encoding="utf-8")


def _commit() -> str:
    """The commit that is checked out, with a + when files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!benchmarks/results")
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
