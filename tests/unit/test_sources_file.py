"""What is said of a `sources.yml` that cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.sources import SourcesError, read_sources

GOOD = """\
sources:
  - name: lms
    base: https://lms.example.org/api
    auth: {kind: bearer, token: {env: LMS_TOKEN}}
    streams:
      - name: done
        path: completions
        feed: completions
        records: data
        columns:
          employee_id: user
          course_id: course
          completed_on: {path: finished, parse: date}
"""


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(GOOD, encoding="utf-8")
    (source,) = read_sources(file)
    assert source.base.endswith("/api/")
    assert source.streams[0].columns["employee_id"].path == "user"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("https://lms", "http://lms", 3, "use https"),
        ("path: completions", "pfad: completions", 7, "no such key"),
        ("feed: completions", "feed: completion", 6, "there is no feed 'completion'"),
        ("          course_id: course\n", "", 6, "needs the column 'course_id'"),
        ("{env: LMS_TOKEN}", "{}", 4, "name one place"),
        ("kind: bearer", "kind: magic", 4, "magic"),
        ("    streams:", "   streams:", 5, "not valid YAML"),
        ("    streams:", "    schedule: hourly\n    streams:", 5, "five fields of cron"),
        ("    streams:", "    schedule: '0 25 * * *'\n    streams:", 5, "'25' is no hour; write 0 to 23"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(SourcesError, match=rf"sources.yml, line {line}: ") as caught:
        read_sources(file)
    assert said in str(caught.value)


def test_without_pulled_sources_no_http_library_is_imported() -> None:
    slow = ("requests", "authlib", "orjson")
    code = (
        "import sys, pipelines.wiring, pipelines.reporting, pipelines.orchestration.sync;"
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
