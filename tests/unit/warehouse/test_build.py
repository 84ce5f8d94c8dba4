"""What a build has to do, from what the folder holds and what is wanted."""

from dataclasses import replace

import pytest

from pipelines.warehouse import build

HELD = build._State(last_batch_seq=5, as_of_on="2026-03-31", known_at_seq=None, project="p", key="k", persons="[]")


def test_a_new_batch_alone_builds_what_hangs_on_its_feed() -> None:
    wanted = replace(HELD, last_batch_seq=6)
    assert build._can_continue(HELD, wanted)
    assert build._selection(HELD, wanted, ["completions"]) == ["source:landing.completions+", "path:models/quality"]


def test_a_new_date_alone_builds_what_hangs_on_the_clock() -> None:
    wanted = replace(HELD, as_of_on="2026-04-01")
    assert build._selection(HELD, wanted, []) == ["source:control.run+", "path:models/quality"]


@pytest.mark.parametrize(
    "wanted",
    [
        replace(HELD, project="other"),
        replace(HELD, key="other"),
        replace(HELD, persons="other"),
        replace(HELD, known_at_seq=4),
        replace(HELD, last_batch_seq=4),
    ],
)
def test_other_models_another_key_or_the_past_are_built_from_nothing(wanted: build._State) -> None:
    assert not build._can_continue(HELD, wanted)
