"""The whole command with a Moodle, pulled in both ways: what it does not tell is said, and it can be pulled anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, Ended, copied, environment, published, rxladder, said
from tests.integration.interface import serving
from tests.integration.moodle import TOKEN
from tests.integration.moodle_kit import organisation


@dataclass
class Tried:
    """The data folder after all of it, and how each command ended."""

    data: Path
    added: Ended
    tried: Ended
    first: Ended
    status: Ended
    anew: Ended
    again: Ended


@pytest.fixture(scope="module")
def tried(golden_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    root = tmp_path_factory.mktemp("moodle")
    config, data = root / "config", copied(golden_data, root / "data")
    config.mkdir()
    (config / "rxladder.yml").write_text(
        f"data: ../data\nsources: [{{name: exports, exports: '{GOLDEN / 'feeds'}'}}]\n", encoding="utf-8"
    )
    moodle, _ = organisation()
    for number, one in moodle.users.items():
        one["idnumber"] = one["idnumber"] and f"{number - 100:05d}"
    env = environment(MOODLE_TOKEN=TOKEN)

    def run(*arguments: object) -> Ended:
        return rxladder(*arguments, "--config", config, env=env)

    with serving(moodle) as interface:
        added = run("source", "add", "moodle_report", "--from", "moodle_report")
        run("source", "add", "moodle", "--from", "moodle")
        text = (config / "sources.yml").read_text(encoding="utf-8")
        text = text.replace("https://YOUR-SITE.example.org/", interface.url)
        report, functions = text.split("  - name: moodle\n")
        for number, word in enumerate(("COMPLIANCE", "CLINICAL", "EXAM", "MANAGEMENT"), 1):
            report = report.replace(f"YOUR-{word}-CATEGORY", f"Category {number}")
            functions = functions.replace(f'"YOUR-{word}-CATEGORY"', str(number))
        start = functions.index("      - feed: completions\n        streams:")  # the report delivers them
        checks = functions.index("      - feeds: [completions]"), functions.index("    combine:")
        functions = functions[: checks[0]] + functions[checks[1] : start]
        (config / "sources.yml").write_text(f"{report}  - name: moodle\n{functions}", encoding="utf-8")
        tested = run("source", "test", "moodle_report")
        first = run("sync", "--data", data, "--as-of", GOLDEN_AS_OF)
        status = run("status", "--data", data)
        anew = run("source", "anew", "moodle_report", "--data", data)
        again = run("sync", "--data", data, "--as-of", GOLDEN_AS_OF)
    return Tried(data, added, tested, first, status, anew, again)


def test_the_example_says_what_to_fill_in_and_the_trial_what_is_missing(tried: Tried) -> None:
    assert "YOUR-COMPLIANCE-CATEGORY" in said(tried.added)
    assert tried.tried.returncode == 0, said(tried.tried)
    assert "people have no ID number and come under their e-mail addresses" in said(tried.tried)


def test_all_of_it_lands_and_what_is_missing_is_said_by_sync_and_status(tried: Tried) -> None:
    assert "Traceback" not in said(tried.first)
    with published(tried.data) as connection:
        landed = connection.execute(
            "select source, feed, sum(row_count)::int from metrics.quality.batches where source != 'exports'"
            " group by all order by all"
        ).fetchall()
    assert landed == [
        ("moodle", "courses", 7),
        ("moodle_report", "assignments", 34 * 7),
        ("moodle_report", "completions", 102),
        ("moodle_report", "courses", 7),
    ]
    for ended in (tried.first, tried.status):
        assert "3 people have no ID number and come under their e-mail addresses" in said(ended)


def test_pulled_anew_with_nothing_changed_nothing_lands(tried: Tried) -> None:
    assert "The next sync pulls moodle_report anew" in said(tried.anew)
    assert "Nothing new" in said(tried.again)
    assert not (tried.data / "pulls" / "moodle_report" / "anew.json").exists()
