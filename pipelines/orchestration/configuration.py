"""What a build needs of the settings, read from a configuration as it has landed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.feeds.persons import persons_by_feed
from pipelines.warehouse import CoverageSettings


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """The settings that a build uses: `expected_every_days` maps (source, feed) to days, `persons` maps it to what its
    person columns hold, where that is not employee ids; `coverage` is what they say of how far feeds tell."""

    expected_every_days: Mapping[tuple[str, str], int]
    persons: Mapping[tuple[str, str], str]
    coverage: CoverageSettings


def build_settings(configuration: Mapping[str, Any]) -> BuildSettings:
    """Return what a build uses of a configuration, today's or a past one; what it lacks has its default."""
    sources: list[dict[str, Any]] = [*configuration.get("sources", ()), *configuration.get("pulled", ())]
    return BuildSettings(
        {(one["name"], feed): days for one in sources for feed, days in one.get("expected_every_days", {}).items()},
        {(one["name"], feed): way for one in sources for feed, way in persons_by_feed(one.get("persons", {})).items()},
        CoverageSettings(
            zone=configuration.get("timezone", "UTC"),
            covers={
                (one["name"], feed): how if how in ("file_date", "landed") else date.fromisoformat(how)
                for one in sources for feed, how in one.get("covers", {}).items()
            },
            covers_from={
                one["name"]: date.fromisoformat(one["covers_from"]) for one in sources if one.get("covers_from")
            },
            names={
                one["name"]: {
                    feed: [names] if isinstance(names, str) else names for feed, names in one.get("names", {}).items()
                }
                for one in sources
            },
            pulled=frozenset(one["name"] for one in configuration.get("pulled", ()) if one.get("kind") != "sftp"),
        ),
    )  # fmt: skip
