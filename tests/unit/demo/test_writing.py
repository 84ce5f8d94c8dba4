"""Files: the same seed gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.demo.names import addresses


def _digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("roster", [False, True])
def test_same_seed_same_bytes(tmp_path: Path, roster: bool) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_demo(tmp_path / name, Scenario(sites=8, years=2, seed=seed), roster=roster)
    assert _digests(tmp_path / "a") == _digests(tmp_path / "b")
    assert _digests(tmp_path / "a") != _digests(tmp_path / "c")


def test_the_truth_lies_beside_the_exports(tmp_path: Path) -> None:
    summary = write_demo(tmp_path, Scenario())
    assert json.loads((tmp_path / "truth.json").read_text()) == summary.truth
    assert summary.rows["job_history"] > 3000


@pytest.mark.parametrize(
    "wrong",
    [
        {"sites": 0},
        {"years": 0},
        {"seed": -1},
        {"effect": 0.0},
        {"mentoring_effect": 4},
        {"employees": 10, "sites": 30},
    ],
)
def test_what_cannot_be_simulated_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Scenario(**wrong)  # type: ignore[arg-type]


def test_addresses_are_plain_and_distinct() -> None:
    assert addresses(["Łucja Żak", "Lucja Zak", "José de la Cruz Jr."]) == [
        "lucja.zak@pharmacy.example",
        "lucja.zak2@pharmacy.example",
        "jose.de.la@pharmacy.example",
    ]
