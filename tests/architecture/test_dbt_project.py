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
COVERAGE = "source.rxladder.control.coverage"  # through which day each feed tells: a clock too
PUBLISHED = ("core", "marts", "quality", "summary", "restricted")
TESTS = Path(__file__).resolve().parents[1]

# Records of one feed under the names of the warehouse, through as_of_on: nothing in them is worked out.
TAKEN_OVER = {
    "dim_ce_rules",
    "dim_certification_rules",
    "dim_targets",
    "dim_tier_paths",
    "dim_tier_requirements",
    "fct_ce_credits",
    "fct_exam_attempts",
    "fct_mentorships",
    "fct_pathway_enrollments",
    "fct_program_costs",
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return warehouse.load_manifest(tmp_path_factory.mktemp("dbt") / "target")


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def room(node: Node) -> str:
    return str(node["fqn"][1])


def is_published(node: Node) -> bool:
    return node["database"] in {"metrics", "summary", "people"} and node["config"]["materialized"] != "ephemeral"


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


def test_every_published_model_has_an_enforced_contract(models: dict[str, Node]) -> None:
    assert [n["name"] for n in models.values() if is_published(n) and not n["config"]["contract"]["enforced"]] == []


def test_every_other_model_says_its_grain(models: dict[str, Node]) -> None:
    """A private model need have no yml; its first lines say what a row is."""
    private = [node for node in models.values() if not is_published(node)]
    assert [node["name"] for node in private if "-- Grain" not in node["raw_code"][:400]] == []


def test_marts_read_core_and_marts_and_the_clock(models: dict[str, Node]) -> None:
    strangers = {
        node["name"]: others
        for node in models.values()
        if room(node) == "marts"
        and (
            others := [
                p
                for p in parents(node)
                if p not in (CLOCK, COVERAGE) and (p not in models or room(models[p]) not in {"core", "marts"})
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


def test_whatever_is_worked_out_is_tried_on_worked_numbers(manifest: Node, models: dict[str, Node]) -> None:
    """By a unit test of dbt, by the golden organisation to the row, or by a test of models that names it."""
    tried = {unit["model"] for unit in manifest["unit_tests"].values()}
    tried |= {file.stem for file in (TESTS / "golden" / "expected").glob("*.csv")}
    for file in (TESTS / "integration").glob("test_models*.py"):
        tried |= set(re.findall(r"\b(?:dim|fct|[a-z]+)_[a-z_]+\b", file.read_text(encoding="utf-8")))
    figures = {node["name"] for node in models.values() if room(node) in {"core", "marts"} and is_published(node)}
    worked_out = {name for name in figures if not name.startswith("int_")}
    assert worked_out - tried - TAKEN_OVER == set()
    assert TAKEN_OVER - worked_out == set(), "listed, but gone"


def without_comments(sql: str) -> str:
    return re.sub(r"\{#.*?#\}|--[^\n]*", " ", sql, flags=re.DOTALL)
