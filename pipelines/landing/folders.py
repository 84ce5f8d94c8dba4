"""Batch folders: received bytes go in under safe names, and a finished folder appears whole or not at all."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.connectors.delivery import SourceFile
from pipelines.landing.receive import Progress, copy_and_hash

QUARANTINE = "quarantine.parquet"
"""The list of a batch's rows that could not be used."""

SPILL = "spill"
"""Name of the folder beside them into which DuckDB may spill."""

RECEIVED = "raw/received"
"""Where in a batch's folder the answers of a pulled delivery are, as received."""


def clear_leftovers(data_dir: Path) -> Path:
    """Remove what a killed run left in the folder where batches are made; that folder, empty."""
    incoming = data_dir / "landing" / ".incoming"
    for leftover in incoming.iterdir() if incoming.exists() else ():
        if leftover.name != SPILL:
            shutil.rmtree(leftover)
    incoming.mkdir(parents=True, exist_ok=True)
    return incoming


def received_files(files: Sequence[SourceFile], raw: Path, progress: Progress) -> list[dict[str, Any]]:
    """Copy a delivery's bytes as received into `raw`; name, stored name, format, sha256 and size of each file."""
    received: list[dict[str, Any]] = []
    for number, file in enumerate(files, start=1):
        stored_as = f"{number:04d}_{_safe(file.path.name)}"
        digest, size = copy_and_hash(file, raw / stored_as, progress)
        received.append(
            {
                "name": file.name,
                "stored_as": stored_as,
                "format": file.format,
                "is_gzipped": file.is_gzipped,
                "is_encrypted": file.is_encrypted,
                "dated": file.dated.isoformat() if file.dated else None,
                "sha256": digest,
                "bytes": size,
                "rows": None,
            }
        )
    return received


def kept_file(entry: dict[str, Any], raw: Path) -> SourceFile:
    """A file of a delivery as its manifest describes it."""
    dated = datetime.fromisoformat(entry["dated"]) if entry.get("dated") else None
    path = raw / entry["stored_as"]
    return SourceFile(
        entry["name"], path, entry["format"], entry["is_gzipped"], entry.get("is_encrypted", False), dated
    )


def keep_received(answers: Sequence[Path], folder: Path) -> None:
    """Keep the answers that a pulled delivery was made of, in order; as links where the disk can."""
    if answers:
        (folder / RECEIVED).mkdir()
    for number, answer in enumerate(answers, start=1):
        kept = folder / RECEIVED / f"{number:06d}_{_safe(answer.parent.name)}{_safe(answer.suffix)}"
        try:
            kept.hardlink_to(answer)
        except OSError:
            shutil.copyfile(answer, kept)


def stored_files(
    files: Sequence[SourceFile], received: Sequence[dict[str, Any]], raw: Path
) -> list[tuple[SourceFile, Path]]:
    """Each file of a delivery with the path of its received bytes."""
    return [(file, raw / str(entry["stored_as"])) for file, entry in zip(files, received, strict=True)]


def move_into_place(folder: Path, manifest: dict[str, Any], target: Path) -> None:
    """Write the manifest, make sure that all is on disk, and give the folder its place in one step."""
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _safe(name: str) -> str:
    """A file name without anything a shell, SQL or a wildcard could take for more than a letter."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-120:]
