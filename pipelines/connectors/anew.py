"""Sources that somebody wants pulled anew: from the beginning, whatever has landed of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

_NAME = "anew.json"


def wish_anew(folder: Path, feeds: Collection[str], *, replace: bool) -> None:
    """Note in a source's place in the pull folder that the next pull begins anew. With `replace`, what has landed and
    is not told any more is taken back."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _NAME).write_text(json.dumps({"feeds": sorted(feeds), "replace": replace}), encoding="utf-8")


def wished_anew(folder: Path) -> dict[str, bool]:
    """Return the feeds that are to be pulled anew, and of each whether what is not told any more is taken back."""
    file = folder / _NAME
    if not file.exists():
        return {}
    noted = json.loads(file.read_text(encoding="utf-8"))
    return {feed: bool(noted["replace"]) for feed in noted["feeds"]}


def done_anew(folder: Path, feeds: Collection[str]) -> None:
    """Note that feeds have been pulled anew."""
    wished = wished_anew(folder)
    left = {feed: replace for feed, replace in wished.items() if feed not in feeds}
    if left:
        wish_anew(folder, left, replace=any(left.values()))
    else:
        (folder / _NAME).unlink(missing_ok=True)
