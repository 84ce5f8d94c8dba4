"""Starts a source in `sources.yml` from one of the worked examples in `config/examples`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources import SourcesError, read_sources

EXAMPLES = Path(__file__).resolve().parents[1] / "config" / "examples"
_HEAD = "sources:\n"


@dataclass(frozen=True, slots=True)
class Started:
    """A source that was added: what is left to do. `variables` to set, `secret_files` to put beside the file,
    `to_fill_in` are the placeholders to replace."""

    file: Path
    variables: tuple[str, ...]
    secret_files: tuple[str, ...]
    to_fill_in: tuple[str, ...]


def examples() -> list[str]:
    """Return the names of the examples."""
    return sorted(file.stem for file in EXAMPLES.glob("*.yml"))


def add_source(file: Path, name: str, example: str) -> Started:
    """Add a source called `name` to `file` (made when it is not there), as the example has it.

    Raises:
        SourcesError: there is no such example, the name is taken or can't be used, or the file is not valid.
    """
    if example not in examples():
        raise SourcesError(f"{example}: no such example; there is {', '.join(examples())}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SourcesError(f"{name}: write the name in lower case letters, digits and _")
    if file.exists() and name in [source.name for source in read_sources(file)]:
        raise SourcesError(f"{file}: there is a source {name} already")
    notes, _, body = (EXAMPLES / f"{example}.yml").read_text(encoding="utf-8").partition(_HEAD)
    body = re.sub(r"(?m)^  - name: .*$", f"  - name: {name}", body, count=1)
    body = re.sub(r"(?<=: )([&*])(\w+)", rf"\1{name}_\2", body)  # anchors are the whole file's
    before = file.read_text(encoding="utf-8") if file.exists() else _HEAD
    if not re.search(r"(?m)^sources:\s*$", before):
        raise SourcesError(f"{file}: begin the list with a line `sources:` and one source an item below it")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(before.rstrip("\n") + "\n" + re.sub(r"(?m)^#", "  #", notes) + body, encoding="utf-8")
    try:
        read_sources(part)
    except SourcesError as error:
        part.unlink()
        raise SourcesError(f"not added, for the whole would not be valid: {error}") from None
    part.replace(file)
    return Started(
        file,
        tuple(dict.fromkeys(re.findall(r"env: (\w+)", body))),
        tuple(re.findall(r"(?:file|client_certificate|client_key): ([\w.]+)", body)),
        tuple(dict.fromkeys(re.findall(r"YOUR[-_][A-Z]+(?:[-_][A-Z]+)*", body))),
    )
