"""How a drop on an SFTP server is described: what a source of `kind: sftp` in `config/sources.yml` may hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.connectors.schedule import Schedule
from pipelines.connectors.secrets import Secret, Strict
from pipelines.connectors.sftp.host_keys import Pin
from pipelines.feeds import FEEDS


class ByName(Strict):
    """A file is whole when it is there: while it is written it has another name, one that `ignore` fits."""

    by: Literal["name"] = "name"


class ByMarker(Strict):
    """A file X is whole when there is X with `ending` beside it (`completions.csv.done`)."""

    by: Literal["marker"]
    ending: str = ".done"


class BySettling(Strict):
    """A file is whole when it had the same size and time at a look at least `seconds` before.

    Looks are remembered from pull to pull; up to two minutes are waited for within one.
    """

    by: Literal["settling"]
    seconds: Annotated[float, Field(gt=0)] = 60


class ByAge(Strict):
    """A file is whole when it was last changed at least `seconds` ago by the two clocks, which have to agree."""

    by: Literal["age"]
    seconds: Annotated[float, Field(gt=0)] = 300


class SftpSpec(Strict):
    """One folder of an SFTP server.

    `host_keys` are how the server is known again: SHA-256 fingerprints, or public keys as in known_hosts; without a
    match nothing is sent. `feeds` are what is dropped here; files lie in `folder` as in a drop folder.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["sftp"]
    host: str = Field(pattern=r"^[A-Za-z0-9._:-]+$")
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str
    private_key: Secret | None = None
    passphrase: Secret | None = None
    password: Secret | None = None
    host_keys: Annotated[list[str], Field(min_length=1)]
    folder: str = "."
    feeds: Annotated[list[str], Field(min_length=1)]
    ignore: tuple[str, ...] = ("*.tmp", "*.part", "*.filepart", ".*")
    complete: Annotated[ByName | ByMarker | BySettling | ByAge, Field(discriminator="by")] = ByName()
    connect_seconds: Annotated[float, Field(gt=0)] = 30
    timeout_seconds: Annotated[float, Field(gt=0)] = 60  # for each answer, a listing, or a megabyte of a file
    retries: Annotated[int, Field(ge=0)] = 5
    max_files: Annotated[int, Field(ge=1)] = 20_000  # a longer listing is taken for a mistake
    max_file_bytes: Annotated[int, Field(ge=1)] = 8 << 30
    schedule: Schedule | None = None  # else with the daily sync

    @field_validator("host_keys")
    @classmethod
    def _pins(cls, value: list[str]) -> list[str]:
        for text in value:
            Pin.read(text)
        return value

    @field_validator("feeds")
    @classmethod
    def _known_feeds(cls, value: list[str]) -> list[str]:
        for feed in value:
            if feed not in FEEDS:
                raise ValueError(f"there is no feed {feed!r}; the feeds are {', '.join(sorted(FEEDS))}")
        return value

    @model_validator(mode="after")
    def _one_way_in(self) -> SftpSpec:
        if (self.private_key is None) == (self.password is None):
            raise ValueError("give `private_key` (better) or `password`: {env: VARIABLE} or {file: path}")
        if self.passphrase is not None and self.private_key is None:
            raise ValueError("a `passphrase` opens a `private_key`: give one, or take it out")
        return self
