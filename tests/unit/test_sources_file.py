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
        ("    streams:", "    connections: 0\n    streams:", 5, "greater than or equal to 1"),
        (
            "path: completions",
            "path: completions\n        cursor: {parameter: a, path: b, only_news: true, look_back_seconds: 9}",
            8,
            "`only_news` is for a cursor taken from the records, without look_back_seconds",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert said in _fault(tmp_path, GOOD.replace(old, new), line)


DROP = """\
sources:
  - name: drops
    kind: sftp
    host: sftp.example.org
    user: me
    private_key: {env: KEY}
    host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBRVZYQ8Jf4iTQ4YDOOvcBHkXPgHPuYJ1Q2tOyMbKJAl"]
    feeds: [completions]
    names: {completions: "T_%Y%m%d.csv"}
    complete: {by: marker}
    envelopes: {completions: {trailer: "TRL|{count}"}}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("kind: sftp", "kind: ftp", 2, "`kind` is rest (HTTP, also when left out) or sftp"),
        ("ssh-ed25519 AAAA", "ab:cd", 7, "write the SHA256 fingerprint"),
        ('"ssh-ed25519', '"@revoked * ssh-ed25519', 7, "none revoked"),
        ("    host_keys:", "    # host_keys:", 2, "this key is missing"),
        ("feeds: [completions]", "feeds: [completion]", 8, "there is no feed 'completion'"),
        ("%Y%m%d", "%Y%w", 2, "%w stands for nothing here"),
        ("names: {completions", "names: {completion", 2, "there is no feed 'completion'"),
        ("by: marker", "by: magic", 10, "magic"),
        ("{env: KEY}", "{env: KEY}\n    password: {env: KEY}", 2, "give `private_key` (better) or `password`"),
        ("trailer:", "footer:", 11, "footer"),
        ("user: me", "user: me\n    schedule: daily", 6, "five fields of cron"),
    ],
)
def test_a_fault_of_a_drop_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(DROP, encoding="utf-8")
    assert read_sources(file)[0].kind == "sftp"
    assert said in _fault(tmp_path, DROP.replace(old, new), line)


def _fault(folder: Path, text: str, line: int) -> str:
    """What is said of a file that can't be used; it has to be of that line."""
    file = folder / "sources.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourcesError, match=rf"sources.yml, line {line}: ") as caught:
        read_sources(file)
    return str(caught.value)


def test_without_pulled_sources_no_network_library_is_imported() -> None:
    slow = ("requests", "authlib", "orjson", "asyncssh", "gnupg", "tenacity")
    code = (
        "import sys, pipelines.wiring, pipelines.reporting, pipelines.orchestration.sync;"
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
