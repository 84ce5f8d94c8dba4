"""The worked examples are valid, and start a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.source_examples import EXAMPLES, add_source, examples
from pipelines.sources import SftpSource, SourcesError, read_sources

VENDORS = {"adp", "bamboohr", "canvas", "docebo", "frappe_hr", "horilla", "merge", "moodle", "odoo", "workday", "xapi"}


def test_every_vendor_has_one() -> None:
    assert set(examples()) >= VENDORS


@pytest.mark.parametrize("name", examples())
def test_an_example_is_valid_commented_and_holds_no_secret(name: str) -> None:
    text = (EXAMPLES / f"{name}.yml").read_text(encoding="utf-8")
    (source,) = read_sources(EXAMPLES / f"{name}.yml")
    assert source.name in (name, "lrs")
    assert text.startswith("# ")
    if isinstance(source, SftpSource):
        assert source.private_key is not None
        assert source.host.endswith(".example")
        return
    assert source.base.startswith("https://")
    assert "env" in source.auth.model_dump_json(exclude_none=True), "secrets come from the environment"


@pytest.mark.parametrize("name", examples())
def test_a_configuration_starts_from_one(name: str, tmp_path: Path) -> None:
    file = tmp_path / "config" / "sources.yml"
    started = add_source(file, "first", name)
    again = add_source(file, "second", name)
    assert [one.name for one in read_sources(file)] == ["first", "second"]
    assert started.to_fill_in or started.variables
    assert started.variables == again.variables
    text = file.read_text(encoding="utf-8")
    assert all(one in text for one in started.to_fill_in)
    assert text.count("sources:") == 1


def test_what_cannot_be_added_is_said(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    add_source(file, "lms", "moodle")
    before = file.read_bytes()
    with pytest.raises(SourcesError, match="there is a source lms already"):
        add_source(file, "lms", "canvas")
    with pytest.raises(SourcesError, match="no such example; there is adp"):
        add_source(file, "other", "sap")
    with pytest.raises(SourcesError, match="lower case"):
        add_source(file, "My LMS", "canvas")
    assert file.read_bytes() == before
    file.write_text("sources: []\n", encoding="utf-8")
    with pytest.raises(SourcesError, match="begin the list"):
        add_source(file, "other", "canvas")
