"""The landing room: plans, lands, refuses, accepts. Whoever writes holds the lock of the data folder."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.connectors.delivery import Delivery, Origin, Unmatched
from pipelines.connectors.files import find_deliveries
from pipelines.feeds import FEEDS
from pipelines.landing.batches import Batch, Outcome, Refusal, batch_of, batch_path, refusal_of
from pipelines.landing.catalog import Catalog
from pipelines.landing.configurations import (
    STORED_AS,
    LandedConfiguration,
    configuration_manifest,
    configuration_of,
    configuration_path,
)
from pipelines.landing.faults import Fault, LandingError, Refused
from pipelines.landing.folders import (
    QUARANTINE,
    RECEIVED,
    SPILL,
    clear_leftovers,
    keep_received,
    kept_file,
    move_into_place,
    received_files,
    stored_files,
)
from pipelines.landing.options import SourceOptions
from pipelines.landing.receive import Progress, hash_file

if TYPE_CHECKING:  # DuckDB costs a tenth of a second to import; planning does without
    from pipelines.landing.engine import Engine
    from pipelines.landing.reading import Reading


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in a drop folder: deliveries that are new, in landing order, known ones, and what no feed explains."""

    deliveries: tuple[Delivery, ...]
    known: tuple[Delivery, ...]
    unmatched: tuple[Unmatched, ...]


def silent(_what: str, _done: int, _all: int) -> None:
    """Report no progress."""


class Landing:
    """The landing room of one data folder.

    With `scratch_dir` it is a rehearsal: it reads and judges as always, against what has landed in `data_dir`, but
    all it writes goes to the scratch folder, which has the same layout.
    """

    def __init__(
        self, data_dir: Path, *, scratch_dir: Path | None = None, memory_limit: str = "1.5GB", threads: int = 2
    ) -> None:
        self.catalog = Catalog(data_dir)
        self._target = scratch_dir or data_dir
        self._is_rehearsal = scratch_dir is not None
        self._memory_limit = memory_limit
        self._threads = threads
        self._opened_engine: Engine | None = None

    def plan(self, source: SourceOptions, drop_dir: Path) -> Plan:
        """What a drop folder holds that is new. Reads file names and bytes, no rows.

        A delivery is known when it equals the newest one of its name, landed or refused; a refused one is worth
        another try once the source's settings have changed. Raises FileNotFoundError or NotADirectoryError.
        """
        found = find_deliveries(drop_dir, source.naming)
        known = {delivery for delivery in found.deliveries if self.is_known(source, delivery)}
        return Plan(
            tuple(d for d in found.deliveries if d not in known),
            tuple(d for d in found.deliveries if d in known),
            found.unmatched,
        )

    def land(
        self, source: SourceOptions, delivery: Delivery, *, now: datetime | None = None, progress: Progress = silent
    ) -> Outcome:
        """Land a delivery as the next batch, or refuse it whole and keep its bytes. `now` is the time by default."""
        return self._land(source, delivery, now or datetime.now(UTC), progress, accepting=None)

    def land_configuration(self, content: bytes, *, now: datetime | None = None) -> LandedConfiguration | None:
        """Land the settings in force, when they are not those that landed last; return them if they are new."""
        newest = self.catalog.configuration()
        if newest is not None and newest.sha256 == sha256(content).hexdigest():
            return None
        is_first = newest is None and not self.catalog.batches()
        seq = 0 if is_first else self.catalog.newest_seq() + 1
        folder = clear_leftovers(self._target) / "configuration"
        (folder / "raw").mkdir(parents=True)
        (folder / "raw" / STORED_AS).write_bytes(content)
        manifest = configuration_manifest(content, seq, now or datetime.now(UTC))
        target = configuration_path(self._target, seq)
        move_into_place(folder, manifest, target)
        landed = configuration_of(manifest, target)
        self.catalog.add_configuration(landed)
        return landed

    def accept(
        self,
        sources: Iterable[SourceOptions],
        refused_id: str,
        *,
        now: datetime | None = None,
        progress: Progress = silent,
    ) -> Batch:
        """Land a refused delivery after all, with its source's present settings and without the gates.

        Raises LandingError when there is no such refusal or source, when it was accepted before, or when the file
        still can't be read or lacks a required column.
        """
        refusal = self._refusal(refused_id)
        if self.catalog.is_accepted(refused_id):
            raise LandingError(f"{refused_id} has been accepted already")
        source = next((source for source in sources if source.name == refusal.source), None)
        if source is None:
            raise LandingError(f"{refused_id} is of the source {refusal.source}, which is no longer configured")
        manifest = json.loads((refusal.folder / "manifest.json").read_bytes())
        files = tuple(kept_file(f, refusal.folder / "raw") for f in manifest["files"])
        received = tuple(sorted((refusal.folder / RECEIVED).glob("*")))
        origin = Origin(manifest["origin"], received) if "origin" in manifest else None
        delivery = Delivery(refusal.feed, refusal.file_name, files, origin)
        landed = self._land(source, delivery, now or datetime.now(UTC), progress, accepting=refused_id)
        assert isinstance(landed, Batch)  # without gates it lands or raises
        return landed

    def acknowledge(self, refused_id: str, *, now: datetime | None = None) -> Refusal:
        """Note that somebody knows of a refusal and leaves it at that. Raises LandingError for an unknown id."""
        refusal = self._refusal(refused_id)
        if refusal.acknowledged_at is None:
            moment = now or datetime.now(UTC)
            (refusal.folder / "acknowledged_at").write_text(_utc(moment), encoding="utf-8")
            refusal = replace(refusal, acknowledged_at=moment)
            self.catalog.add_refusal(refusal)
        return refusal

    def _refusal(self, refused_id: str) -> Refusal:
        try:
            return self.catalog.refusal(refused_id)
        except KeyError:
            known = ", ".join(refusal.refused_id for refusal in self.catalog.refused())
            raise LandingError(
                f"no refused file has the id {refused_id!r}; there {f'are {known}' if known else 'is none'}"
            ) from None

    def close(self) -> None:
        """Let go of DuckDB."""
        if self._opened_engine is not None:
            self._opened_engine.close()

    def is_known(self, source: SourceOptions, delivery: Delivery) -> bool:
        """Whether a delivery equals the newest one of its name."""
        newest = self.catalog.newest_of_name(source.name, delivery.feed, delivery.name)
        try:
            if newest is None or sum(file.path.stat().st_size for file in delivery.files) != newest.bytes:
                return False
            received = [(file.name, hash_file(file.path)) for file in delivery.files]
        except OSError:  # landing it says what is wrong with it
            return False
        return self.is_newest(source, delivery.feed, delivery.name, received)

    def is_newest(
        self, source: SourceOptions, feed: str, delivery_name: str, received: Sequence[tuple[str, str]]
    ) -> bool:
        """Whether the newest delivery of a name is of these files (name and sha256), and not worth another try."""
        newest = self.catalog.newest_of_name(source.name, feed, delivery_name)
        if newest is None or (isinstance(newest, Refusal) and newest.options_sha256 != _fingerprint(source)):
            return False
        return _combined(received) == newest.sha256

    def _engine(self) -> "Engine":
        if self._opened_engine is None:
            from pipelines.landing.engine import Engine

            spill = self._target / "landing" / ".incoming" / SPILL
            self._opened_engine = Engine(memory_limit=self._memory_limit, threads=self._threads, spill_dir=spill)
        return self._opened_engine

    def _land(
        self, source: SourceOptions, delivery: Delivery, now: datetime, progress: Progress, accepting: str | None
    ) -> Outcome:
        incoming = clear_leftovers(self._target)
        folder = incoming / "batch"
        (folder / "raw").mkdir(parents=True)
        mode = source.mode(delivery.feed)
        manifest: dict[str, Any] = {
            "source": source.name, "feed": delivery.feed, "mode": mode, "file_name": delivery.name,
            "files": [], "sha256": "", "bytes": 0,
        }  # fmt: skip
        if delivery.origin is not None:
            manifest["origin"] = dict(delivery.origin.details)
            keep_received(delivery.origin.received, folder)
        try:
            manifest["files"] = received_files(delivery.files, folder / "raw", progress)
            manifest["sha256"] = _combined([(f["name"], f["sha256"]) for f in manifest["files"]])
            manifest["bytes"] = sum(f["bytes"] for f in manifest["files"])
            work = incoming / "work"
            work.mkdir()
            seq = self.catalog.newest_seq() + 1
            reading = self._read(source, delivery, folder, work, seq, manifest, progress)
            fault = None if accepting else self._judged(source, delivery, reading, folder, now)
            if fault:
                raise Refused(fault)
        except Refused as refused:
            if accepting:
                raise
            return self._refuse(source, refused.fault, folder, manifest, now)
        finally:
            shutil.rmtree(incoming / "work", ignore_errors=True)  # what was decrypted does not stay
        return self._place(reading, folder, manifest, seq, now, accepting)

    def _read(
        self, source: SourceOptions, delivery: Delivery, folder: Path, work: Path, seq: int,
        manifest: dict[str, Any], progress: Progress,
    ) -> "Reading":  # fmt: skip
        from pipelines.landing.reading import DeliveryReader

        reader = DeliveryReader(self._engine(), FEEDS[delivery.feed], source, progress)
        reading = reader.read(stored_files(delivery.files, manifest["files"], folder / "raw"), work, folder, seq)
        for file, rows in zip(manifest["files"], reading.file_rows, strict=True):
            file["rows"] = rows
        return reading

    def _judged(
        self, source: SourceOptions, delivery: Delivery, reading: "Reading", folder: Path, now: datetime
    ) -> Fault | None:
        from pipelines.landing.gates import first_fault
        from pipelines.landing.identity import strangers
        from pipelines.landing.rosters import first_shrunk_list

        def repeated(batch: Batch, column: str) -> tuple[float, float]:
            rows, before = folder / "rows.parquet", batch.folder / "rows.parquet"
            return self._engine().repeated(FEEDS[delivery.feed], rows, before, column)

        earlier = self.catalog.batches_of(source.name, delivery.feed)
        reading = replace(reading, lost_lines=reading.lost_lines - self._lost_before(folder, earlier))
        mode = source.mode(delivery.feed)
        shrunk = None
        if delivery.feed == "roster":
            rows = folder / "rows.parquet"
            shrunk = first_shrunk_list(self._engine(), rows, reading, earlier, mode, source.limits)
        strange = strangers(
            self._engine(), source, delivery.feed, mode, folder / "rows.parquet", self.catalog.batches()
        )
        return first_fault(
            delivery.feed, delivery.name, mode, reading, earlier, repeated, shrunk, strange, source.limits, now
        )

    def _lost_before(self, folder: Path, earlier: Sequence[Batch]) -> int:
        """How many of the quarantined rows are those of a delivery that somebody accepted without them: a list that is
        pulled every night has the same ones every night."""
        listed, accepted = folder / QUARANTINE, [batch for batch in earlier if batch.accepted_refusal]
        others = [batch.folder / QUARANTINE for batch in accepted if (batch.folder / QUARANTINE).exists()]
        return self._engine().same_rows(listed, others) if others and listed.exists() else 0

    def _refuse(
        self, source: SourceOptions, fault: Fault, folder: Path, manifest: dict[str, Any], now: datetime
    ) -> Refusal:
        refused_id = self.catalog.next_refused_id()
        manifest |= {
            "refused_id": refused_id, "refused_at": _utc(now), "after_seq": self.catalog.newest_seq(),
            "fault": asdict(fault), "reason": str(fault), "options_sha256": _fingerprint(source),
        }  # fmt: skip
        for leftover in folder.glob("*.parquet"):
            leftover.unlink()
        target = self._target / "refused" / refused_id
        move_into_place(folder, manifest, target)
        refusal = refusal_of(manifest, target)
        self.catalog.add_refusal(refusal)
        return refusal

    def _place(
        self, reading: "Reading", folder: Path, manifest: dict[str, Any], seq: int, now: datetime, accepting: str | None
    ) -> Batch:
        manifest |= reading.described() | {
            "batch_seq": seq,
            "batch_id": f"{seq:010d}-{manifest['sha256'][:12]}",
            "landed_at": _utc(now),
            "accepted_refusal": accepting,
        }
        move_into_place(folder, manifest, batch_path(self._target, manifest["feed"], manifest["source"], seq))
        batch = batch_of(manifest, self._target)
        self.catalog.add_batch(batch, manifest, to_index=not self._is_rehearsal)
        return batch


def _combined(files: Sequence[tuple[str, str]]) -> str:
    """The sha256 of a delivery: a single file's own, else one over names and sums."""
    if len(files) == 1:
        return files[0][1]
    return sha256("".join(f"{name}\0{digest}\n" for name, digest in sorted(files)).encode()).hexdigest()


def _fingerprint(source: SourceOptions) -> str:
    settings = json.dumps(asdict(source), default=str, sort_keys=True)
    return sha256((settings + (source.pgp.fingerprint() if source.pgp else "")).encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
