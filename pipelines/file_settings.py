"""What a source of files may set about them, wherever they come from: a local folder or an SFTP server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.connectors.secrets import Secret, Strict
from pipelines.feeds.covers import Covers, check_covers
from pipelines.feeds.persons import persons_by_feed
from pipelines.landing.ids_sql import IdRule
from pipelines.landing.options import Envelope, Limits, Mode, SourceOptions
from pipelines.landing.pgp import PgpKeys

DEFAULTS = SourceOptions("defaults")


class PgpSettings(Strict):
    """Where the private key (ASCII-armoured) for encrypted files is, and its passphrase."""

    private_key: Secret
    passphrase: Secret | None = None


class FromColumn(Strict):
    """Where a column of the contract comes from and what its numbers stand for: `hours: {column: Credits, times: 2}`.

    `column` is the header (the contract's own name unless set); `times` is what its numbers are multiplied by.
    """

    column: str | None = None
    times: float = Field(default=1.0, gt=0)


class FileSettings(Strict):
    """How files are read and judged; what each key means: `landing.SourceOptions`."""

    modes: dict[str, Mode] = {}
    columns: dict[str, dict[str, str | FromColumn]] = {}
    decimal: Literal[".", ","] = "."
    plausible_years: tuple[int, int] = DEFAULTS.plausible_years
    values: dict[str, dict[str, dict[str, str]]] = {}
    date_formats: list[str] = []
    sentinels: list[date] = list(DEFAULTS.sentinels)
    id_prefix: str = ""
    ids: IdRule = IdRule()
    persons: str | dict[str, str] = "employee_id"
    parts: dict[str, str] = {}
    names: dict[str, str | list[str]] = {}
    envelopes: dict[str, Envelope] = {}
    pgp: PgpSettings | None = None
    termination_date_is_first_day_off: bool = False
    covers: dict[str, Covers] = {}
    covers_from: date | None = None
    expected_every_days: dict[str, Annotated[int, Field(ge=1)]] = {}
    limits: Limits = Limits()

    @field_validator("covers")
    @classmethod
    def _are_dated(cls, value: dict[str, Covers]) -> dict[str, Covers]:
        check_covers(value)
        return value

    @model_validator(mode="after")
    def _persons_can_be_found(self) -> FileSettings:
        persons_by_feed(self.persons, self.id_prefix)
        return self

    def file_options(self, name: str, config_dir: Path, timezone: str = "UTC") -> SourceOptions:
        """Return the options as landing takes them.

        Args:
            name: the source's name.
            config_dir: where secret files are.
            timezone: the organisation's.

        Raises:
            ValueError: a setting contradicts the contract.
        """
        pgp = self.pgp
        return SourceOptions(
            name=name,
            modes=self.modes,
            columns={feed: dict(_renamings(named)) for feed, named in self.columns.items()},
            times={feed: factors for feed, named in self.columns.items() if (factors := _factors(named))},
            decimal=self.decimal,
            timezone=timezone,
            plausible_years=self.plausible_years,
            values=self.values,
            date_formats=tuple(self.date_formats),
            sentinels=tuple(self.sentinels),
            id_prefix=self.id_prefix,
            ids=self.ids,
            persons=persons_by_feed(self.persons),
            parts=self.parts,
            names={feed: (one,) if isinstance(one, str) else tuple(one) for feed, one in self.names.items()},
            envelopes=self.envelopes,
            pgp=PgpKeys(pgp.private_key, pgp.passphrase, config_dir) if pgp is not None else None,
            termination_date_is_first_day_off=self.termination_date_is_first_day_off,
            limits=self.limits,
        )


def _renamings(named: Mapping[str, str | FromColumn]) -> Iterator[tuple[str, str]]:
    """Header and contract column, of both ways of writing: `Header: column` and `column: {column: Header}`."""
    for key, value in named.items():
        if isinstance(value, str):
            yield key, value
        else:
            yield value.column or key, key


def _factors(named: Mapping[str, str | FromColumn]) -> dict[str, float]:
    return {key: value.times for key, value in named.items() if isinstance(value, FromColumn) and value.times != 1}


LANDED_SETTINGS = frozenset(FileSettings.model_fields) - {"pgp"}
"""The settings that can change a published number."""
