"""What a source of files may set about them, wherever they come from: a local folder or an SFTP server."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from pipelines.connectors.secrets import Secret, Strict
from pipelines.feeds.persons import persons_by_feed
from pipelines.landing.options import Envelope, Limits, Mode, SourceOptions
from pipelines.landing.pgp import PgpKeys

DEFAULT_SENTINELS = SourceOptions("defaults").sentinels


class PgpSettings(Strict):
    """Where the private key (ASCII-armoured) for encrypted files is, and its passphrase."""

    private_key: Secret
    passphrase: Secret | None = None


class FileSettings(Strict):
    """How files are read and judged; what each key means: `landing.SourceOptions`."""

    modes: dict[str, Mode] = {}
    columns: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, dict[str, str]]] = {}
    date_formats: list[str] = []
    sentinels: list[date] = list(DEFAULT_SENTINELS)
    id_prefix: str = ""
    persons: str | dict[str, str] = "employee_id"
    parts: dict[str, str] = {}
    names: dict[str, str | list[str]] = {}
    envelopes: dict[str, Envelope] = {}
    pgp: PgpSettings | None = None
    termination_date_is_first_day_off: bool = False
    expected_every_days: dict[str, Annotated[int, Field(ge=1)]] = {}
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _persons_can_be_found(self) -> FileSettings:
        persons_by_feed(self.persons, self.id_prefix)
        return self

    def file_options(self, name: str, config_dir: Path) -> SourceOptions:
        """Return the options as landing takes them; `config_dir` is where secret files are.

        Raises:
            ValueError: a setting contradicts the contract.
        """
        pgp = self.pgp
        return SourceOptions(
            name=name,
            modes=self.modes,
            columns=self.columns,
            values=self.values,
            date_formats=tuple(self.date_formats),
            sentinels=tuple(self.sentinels),
            id_prefix=self.id_prefix,
            persons=persons_by_feed(self.persons),
            parts=self.parts,
            names={feed: (one,) if isinstance(one, str) else tuple(one) for feed, one in self.names.items()},
            envelopes=self.envelopes,
            pgp=PgpKeys(pgp.private_key, pgp.passphrase, config_dir) if pgp is not None else None,
            termination_date_is_first_day_off=self.termination_date_is_first_day_off,
            limits=self.limits,
        )


LANDED_SETTINGS = frozenset(FileSettings.model_fields) - {"pgp"}
"""The settings that can change a published number."""
