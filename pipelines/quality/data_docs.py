"""Data Docs: the library's own rendering of each suite, in a frame that needs no network to be read.

The stock site pulls its styles and scripts from a dozen content networks, and renders every suite ever stored. Here
each suite that ran becomes one page (3 ms), and an index lists all suites with the result of their last run.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import Environment, FileSystemLoader

from pipelines.quality.results import CheckResult, Severity
from pipelines.quality.validation import Verdict

_VIEWS = Path(__file__).parent / "views"
_INDEX = "index.json"  # the entries of index.html, kept for suites that do not run the next time


class _SuiteView(DefaultJinjaPageView):
    _template = "suite_page.j2"


def build(folder: Path, verdicts: Sequence[Verdict], checked_at: datetime) -> None:
    """Write a page for each verdict and the index of all suites, those of earlier runs included."""
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / _INDEX
    entries: dict[str, dict[str, Any]] = json.loads(known.read_text("utf-8")) if known.exists() else {}
    renderer = ValidationResultsPageRenderer()
    view = _SuiteView(custom_views_directory=str(_VIEWS))
    moment = checked_at.strftime("%Y-%m-%d %H:%M UTC")
    for verdict in verdicts:
        name = verdict.suite.name
        entry = _entry(verdict, moment)
        if verdict.outcome is not None:
            document = renderer.render(verdict.outcome)
            overview = document.sections[0]
            # Of the overview the counts: the rest links to pages that are not made and names this machine's files.
            overview.content_blocks = overview.content_blocks[1:2]
            _write(folder / f"{name}.html", view.render(document, checked_at=moment, verdict=entry["result"]))
            entry["page"] = f"{name}.html"
        entries[name] = entry
    _write(known, json.dumps(entries, indent=1, sort_keys=True))
    _write(folder / "index.html", _index(entries))


def _entry(verdict: Verdict, moment: str) -> dict[str, Any]:
    failed = [result for result in verdict.results if not result.passed]
    return {
        "table": verdict.suite.table,
        "page": None,
        "result": _worst(failed),
        "rows": max((result.checked_count or 0 for result in verdict.results), default=0),
        "checks": len(verdict.results),
        "failures": [f"{result.detail} ({result.severity})" for result in failed],
        "checked_at": moment,
    }


def _worst(failed: Sequence[CheckResult]) -> str:
    if not failed:
        return "passed"
    return "failed" if any(result.severity is Severity.ERROR for result in failed) else "warned"


def _index(entries: Mapping[str, Mapping[str, Any]]) -> str:
    rooms: dict[str, list[Mapping[str, Any]]] = {}
    for name in sorted(entries):
        rooms.setdefault(name.partition(".")[0], []).append(entries[name])
    environment = Environment(loader=FileSystemLoader(_VIEWS), autoescape=True)
    return environment.get_template("index_page.html").render(rooms=rooms)


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, so that a reader never meets half a page."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
