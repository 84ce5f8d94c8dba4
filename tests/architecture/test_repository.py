"""What holds for the repository as a whole: import rules, an honest README, nothing that knows this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL_BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Committed text files with their content."""
    found: list[tuple[str, str]] = []
    for path in committed_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((path.relative_to(ROOT).as_posix(), content.decode("utf-8", "replace")))
    return found


def test_imports_go_one_way() -> None:
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout


def test_help_needs_nothing_slow() -> None:
    """What costs seconds to import is imported by the command that needs it."""
    slow = ("duckdb", "dagster", "dbt", "great_expectations", "pandas", "numpy", "pydantic", "rich.progress")
    code = f"import sys, pipelines.cli; print([name for name in {slow!r} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"


def test_readme_names_make_targets_that_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", SHELL_BLOCKS)) | set(re.findall(r"`make ([a-z]+)", README))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named >= {"run", "test"}
    assert named - targets == set()


def test_readme_names_commands_and_options_that_exist() -> None:
    commands = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    named = re.findall(
        r"\brxladder ([a-z]+)([^\n`|#]*)", SHELL_BLOCKS + "\n" + "\n".join(re.findall(r"`[^`\n]+`", README))
    )
    assert {name for name, _ in named} >= {"sync", "check", "status", "accept", "acknowledge", "ui"}
    for name, rest in named:
        assert name in commands, f"rxladder {name}"
        command = commands[name]
        below = getattr(command, "commands", {})  # `rxladder source` has commands of its own
        if below:
            command = below[rest.split()[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"rxladder {name}{rest}"


def test_readme_links_and_paths_exist() -> None:
    paths = re.findall(r"`((?:pipelines|dbt_project|benchmarks|config|tests)/[\w./-]*)`", README)
    assert paths
    made_by_reader = {"config/rxladder.yml", "config/sources.yml", "config/access.yml"}
    assert [path for path in paths if path not in made_by_reader and not (ROOT / path).exists()] == []


TOP_LEVEL = {
    "LICENSE", "Makefile", "README.md", "benchmarks", "config", "dashboards", "dbt_project", "pipelines",
    "pyproject.toml", "requirements.lock", "tests", "workspace.yaml",
}  # fmt: skip


def test_only_what_belongs_there_stands_at_the_top() -> None:
    """A sync that was tried in the project's own folder leaves a data folder, which must not be committed."""
    top = {path.relative_to(ROOT).parts[0] for path in committed_files()}
    assert {name for name in top if not name.startswith(".")} == TOP_LEVEL


FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w./])/(?:home|root|Users|work|workspace|mnt)/\w",
    "a package index": (
        r"(?i)--(?:extra-)?index-url|pythonhosted|(?:pypi|artifactory|nexus|registry|mirror)\.[a-z0-9-]+\.[a-z]+/"
    ),
    "a key or password": (r"-----BEGIN [A-Z ]*PRIVATE KEY|(?i:password|token)\s*=\s*['\"][A-Za-z0-9/+]{16,}"),
    "unfinished work": r"\b(?:TODO|FIXME|XXX)\b|pytest\.mark\.(?:skip|xfail)|pytest\.skip\(",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    own = Path(__file__).relative_to(ROOT).as_posix()
    pattern = re.compile(FORBIDDEN[what])
    found = [(name, match.group()) for name, text in texts() if name != own for match in pattern.finditer(text)]
    assert found == []
