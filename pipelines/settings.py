"""One organisation's settings: the only reader of environment and configuration files.

`load()` reads `<config>/rxladder.yml` (every key optional) and environment variables; the rooms below
receive what they need as arguments and never import this module. Secrets come from the environment only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.feeds.persons import persons_by_feed
from pipelines.file_settings import LANDED_SETTINGS, FileSettings
from pipelines.landing.options import SourceOptions
from pipelines.sources import SOURCES_FILE, SftpSource, Source, SourcesError, read_sources

CONFIG_FILE = "rxladder.yml"
EXPORTS_SOURCE = "exports"  # the source that a folder named on the command line is
_NOT_IN_NUMBERS: Any = dict.fromkeys((
    "auth", "client_certificate", "client_key", "ca_bundle", "headers", "timeout_seconds", "total_seconds", "retries",
    "max_wait_seconds", "requests_per_second", "connections", "max_response_bytes", "resume_hours", "schedule",
), True) | {"streams": {"__all__": {"headers", "timeout_seconds"}}}  # fmt: skip
"""Keys of a pulled source that say how it is reached and how patiently."""


class SettingsError(Exception):
    """A configuration that cannot be used; the message names the file, the key and the cure."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(FileSettings):
    """A source system whose exports are dropped in a folder."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    exports: Path

    def options(self, config_dir: Path = Path(), timezone: str = "UTC") -> SourceOptions:
        """Return the options as landing takes them.

        Args:
            config_dir: where secret files are.
            timezone: the organisation's.

        Raises:
            SettingsError: a setting contradicts the contract.
        """
        try:
            return self.file_options(self.name, config_dir, timezone)
        except ValueError as error:
            raise SettingsError(str(error)) from error


class Pulled(BaseModel):
    """A source that is pulled (`sources.yml`); `config_dir` is where its secret files are."""

    model_config = ConfigDict(frozen=True)

    spec: Source
    config_dir: Path

    def options(self, timezone: str = "UTC") -> SourceOptions:
        """Return how its deliveries are landed; `timezone` is the organisation's."""
        spec = self.spec
        if isinstance(spec, SftpSource):
            return spec.file_options(spec.name, self.config_dir, timezone)
        return SourceOptions(
            name=spec.name,
            modes={feed: mode for feed, mode, _, _ in spec.outputs()},
            timezone=timezone,
            sentinels=tuple(spec.sentinels),
            plausible_years=spec.plausible_years,
            decimal=spec.decimal,
            id_prefix=spec.id_prefix,
            persons=persons_by_feed(spec.persons),
            termination_date_is_first_day_off=spec.termination_date_is_first_day_off,
        )

    def landed_settings(self) -> dict[str, Any]:
        """Return what of its configuration can change a published number."""
        if isinstance(self.spec, SftpSource):
            return self.spec.model_dump(mode="json", include={"name", *LANDED_SETTINGS}, exclude_defaults=True)
        return self.spec.model_dump(mode="json", exclude=_NOT_IN_NUMBERS, exclude_defaults=True)


class Configuration(_Strict):
    """What `rxladder.yml` may hold. Paths are relative to the file."""

    timezone: str = "America/New_York"
    data: Path | None = None
    sources: list[SourceSettings] = []
    keep_releases: int = Field(default=10, ge=1)  # kept for readers and for comparisons
    memory_limit: str = Field(default="1500MB", pattern=r"^\d+(MB|GB)$")  # most that DuckDB may use
    schedule_hour: int = Field(default=5, ge=0, le=23)  # at which the daily sync runs, in `timezone`
    pulls_at_once: int = Field(default=4, ge=1, le=32)  # sources of sources.yml pulled at the same time

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}; use a name such as America/Chicago") from error
        return value

    @field_validator("sources")
    @classmethod
    def _distinct_names(cls, value: list[SourceSettings]) -> list[SourceSettings]:
        names = [source.name for source in value]
        if len(set(names)) < len(names):
            raise ValueError("two sources have the same name; name each once")
        return value


class Environment(BaseSettings):
    """What comes from the environment: secrets, and where the data folder is."""

    model_config = SettingsConfigDict(env_prefix="RXLADDER_", env_ignore_empty=True, extra="ignore")

    employee_key: SecretStr | None = None
    data: Path | None = None
    config: Path = Path("config")

    @field_validator("employee_key")
    @classmethod
    def _fits_a_block(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not 16 <= len(value.get_secret_value().encode()) <= 64:
            raise ValueError("it has to be 16 to 64 bytes long")
        return value


class Settings(BaseModel):
    """Everything a sync needs to know, resolved."""

    model_config = ConfigDict(frozen=True)

    data_dir: Path
    config_dir: Path = Path("config")
    timezone: str
    sources: list[SourceSettings]
    pulled: list[Pulled] = []
    keep_releases: int
    memory_limit: str
    schedule_hour: int
    pulls_at_once: int = 4
    employee_key: SecretStr | None = None
    is_one_folder: bool = False  # named on the command line, in place of all configured sources

    def configuration(self) -> bytes:
        """Return the settings that can change a published number, as JSON: no path, and nothing that is or could hold a
        secret. What has its default is left out, so that a new key changes nothing for those who do not use it."""
        kept: dict[str, Any] = {
            "timezone": self.timezone,
            "sources": [
                one.model_dump(mode="json", include={"name", *LANDED_SETTINGS}, exclude_defaults=True)
                for one in self.sources
            ],
        }
        if self.pulled:
            kept["pulled"] = [one.landed_settings() for one in self.pulled]
        return json.dumps(kept, sort_keys=True, indent=1).encode() + b"\n"

    def config_hash(self) -> str:
        """Return a short hash of the settings that can change a published number."""
        return hashlib.sha256(self.configuration()).hexdigest()[:12]


def load(config_dir: Path | None = None, exports: Path | None = None, data_dir: Path | None = None) -> Settings:
    """Return the settings; arguments win over the environment, which wins over the file.

    Args:
        config_dir: folder with `rxladder.yml`; a missing file means defaults.
        exports: one drop folder to sync with default options instead of the configured sources.
        data_dir: the data folder.

    Raises:
        SettingsError: the file is not valid; the message lists every fault with its key.
    """
    environment = _environment()
    folder = config_dir or environment.config
    file = folder / CONFIG_FILE
    configuration = _read(file) if file.exists() else Configuration()
    sources = [
        source.model_copy(update={"exports": (folder / source.exports).resolve()}) for source in configuration.sources
    ]
    if exports is not None:
        sources = [SourceSettings(name=EXPORTS_SOURCE, exports=exports.resolve())]
    configured = folder / configuration.data if configuration.data else Path("data")
    return Settings(
        data_dir=(data_dir or environment.data or configured).resolve(),
        config_dir=folder.absolute(),
        timezone=configuration.timezone,
        sources=sources,
        pulled=[] if exports is not None else _pulled(folder, {source.name for source in sources}),
        keep_releases=configuration.keep_releases,
        memory_limit=configuration.memory_limit,
        schedule_hour=configuration.schedule_hour,
        pulls_at_once=configuration.pulls_at_once,
        employee_key=environment.employee_key,
        is_one_folder=exports is not None,
    )


def configured_folder() -> Path:
    """Return the folder of configuration files that the environment names, or the usual one."""
    return _environment().config


def _pulled(folder: Path, taken: set[str]) -> list[Pulled]:
    file = folder / SOURCES_FILE
    try:
        specs = read_sources(file) if file.exists() else []
    except SourcesError as error:
        raise SettingsError(str(error)) from None
    for spec in specs:
        if spec.name in taken:
            raise SettingsError(f"{file}: {spec.name} is the name of a source of files too; name each once")
    return [Pulled(spec=spec, config_dir=folder.resolve()) for spec in specs]


def _environment() -> Environment:
    try:
        return Environment()
    except ValidationError as error:
        faults = [
            f"RXLADDER_{str(fault['loc'][0]).upper()}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(faults)) from None


def _read(file: Path) -> Configuration:
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: not valid YAML: {error}") from error
    try:
        return Configuration.model_validate(content)
    except ValidationError as error:
        faults = [
            f"{file}: {'.'.join(str(part) for part in fault['loc']) or 'top level'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(faults)) from None
