"""What holds for every dbt model: described, in its room, without a clock of its own, tried on worked numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines import warehouse

Node = Mapping[str, Any]
CLOCK = "source.rxladder.control.run"
PUBLISHED = ("core", "marts", "quality", "restricted")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return warehouse.load_manifest(tmp_path_factory.mktemp("dbt") / "target")


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def room(node: Node) -> str:
    return str(node["fqn"][1])


def is_published(node: Node) -> bool:
    return node["database"] in {"metrics", "people"} and node["config"]["materialized"] != "ephemeral"


def test_every_published_model_is_described(models: dict[str, Node]) -> None:
    """Each has its yml beside it, under its own name, with a sentence for each column."""
    published = [node for node in models.values() if is_published(node)]
    assert {room(node) for node in published} == set(PUBLISHED)
    faults = [
        node["name"]
        for node in published
        if len(node["description"]) < 20
        or not node["columns"]
        or not all(column["description"] and column["data_type"] for column in node["columns"].values())
        or Path(str(node["patch_path"])).name != f"{node['name']}.yml"
    ]
    assert faults == []


def test_every_other_model_says_its_grain(models: dict[str, Node]) -> None:
    """Private models have no yml; their first lines say what a row is."""
    private = [node for node in models.values() if not is_published(node)]
    assert {room(node) for node in private} == {"staging", "core"}
    assert [node["name"] for node in private if "-- Grain" not in node["raw_code"][:400]] == []


def test_marts_read_core_and_marts_and_the_clock(models: dict[str, Node]) -> None:
    strangers = {
        node["name"]: others
        for node in models.values()
        if room(node) == "marts"
        and (
            others := [
                p for p in parents(node) if p != CLOCK and (p not in models or room(models[p]) not in {"core", "marts"})
            ]
        )
    }
    assert strangers == {}


def test_core_reads_no_mart_and_nothing_that_landed_untyped(models: dict[str, Node]) -> None:
    strangers = {
        node["name"]: others
        for node in models.values()
        if room(node) == "core"
        and (
            others := [
                p for p in parents(node)
                if p.startswith("source.rxladder.landing.") or (p in models and room(models[p]) in {"marts", "quality"})
            ]
        )
    }  # fmt: skip
    assert strangers == {}


def parents(node: Node) -> list[str]:
    return list(node["depends_on"]["nodes"])


def test_no_model_has_a_clock_of_its_own(manifest: Node) -> None:
    """The one clock is control.run; and chance has no place in a figure."""
    clock = re.compile(
        r"\b(?:now|today|current_date|current_timestamp|get_current_timestamp|current_localtimestamp|localtimestamp"
        r"|transaction_timestamp|run_started_at|random|uuid|setseed)\b\s*(?:\(|\b)",
        re.IGNORECASE,
    )
    texts = {key: node["raw_code"] for key, node in manifest["nodes"].items()}
    texts |= {
        key: macro["macro_sql"] for key, macro in manifest["macros"].items() if macro["package_name"] == "rxladder"
    }
    found = {key: match.group() for key, text in texts.items() if (match := clock.search(without_comments(text)))}
    assert found == {}


def without_comments(sql: str) -> str:
    return re.sub(r"\{#.*?#\}|--[^\n]*", " ", sql, flags=re.DOTALL)
