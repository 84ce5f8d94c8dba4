"""Reads `config/sources.yml`: the systems that are pulled. Every fault is named with file, line and cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import yaml
from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.secrets import Strict
from pipelines.connectors.sftp.spec import SftpSpec
from pipelines.file_settings import FileSettings

SOURCES_FILE = "sources.yml"


class SourcesError(Exception):
    """The file cannot be used; one line a fault."""


class SftpSource(SftpSpec, FileSettings):
    """An SFTP drop, and how its files are read."""

    @model_validator(mode="after")
    def _fits_the_contract(self) -> SftpSource:
        self.file_options(self.name, Path())
        return self


def _kind(value: Any) -> Any:
    """Return the kind that an entry says it is; HTTP needs no saying."""
    if isinstance(value, Mapping):
        return cast(Mapping[str, Any], value).get("kind", "rest")
    return getattr(value, "kind", None)


Source = Annotated[
    Annotated[SourceSpec, Tag("rest")] | Annotated[SftpSource, Tag("sftp")],
    Discriminator(
        _kind,
        custom_error_type="unknown_kind",
        custom_error_message="`kind` is rest (HTTP, also when left out) or sftp",
    ),
]


class _Sources(Strict):
    sources: list[Source] = Field(default_factory=list[Source])


def read_sources(file: Path) -> list[Source]:
    """Return the sources of a file.

    Raises:
        SourcesError: it is not valid; the message names the line of every fault.
    """
    text = file.read_text(encoding="utf-8")
    try:
        content: Any = yaml.safe_load(text) or {}
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourcesError(f"{file}, line {line}: not valid YAML: {error.problem}; see to the indentation") from None
    except ValueError as error:  # 0000-00-00 without quotes
        raise SourcesError(f"{file}: not valid YAML: {error}; put what looks like a date in quotes") from None
    try:
        sources = _Sources.model_validate(content).sources
    except ValidationError as error:
        faults = [
            f"{file}, line {_line(tree, fault['loc'])}: {_place(fault['loc'])}: {_cure(fault['type'], fault['msg'])}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise SourcesError("\n".join(faults)) from None
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise SourcesError(f"{file}: two sources have the same name; name each once")
    return sources


def _line(node: Any, place: Sequence[Any]) -> int:
    """Return the line of the key at a place, or of the nearest thing around it."""
    line: int = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                continue  # the name of a variant, or a key that is missing
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _place(place: Sequence[Any]) -> str:
    return ".".join(str(part) for part in place) or "top level"


def _cure(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no such key: correct its name or take it out"
    if kind == "missing":
        return "this key is missing: add it"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "write it as keys and values, {key: value}"
    return message.removeprefix("Value error, ")
