"""The command line `rxladder`. Wiring only: what is slow to import is imported by the command that needs it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="rxladder",
    help="Sync HR, credential and learning exports into a DuckDB warehouse of the technician career ladder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Exit(IntEnum):
    """Exit codes of every command (2, wrong usage, comes from the argument parser)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    ATTENTION = 3


ConfigOption = Annotated[Path | None, typer.Option("--config", help="Folder with rxladder.yml (default: config).")]
DataOption = Annotated[Path | None, typer.Option("--data", help="Data folder (default: data).")]


@app.command()
def sync(
    exports: Annotated[
        Path | None, typer.Option(help="Folder of exports to sync instead of the configured sources.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_of: Annotated[
        str | None, typer.Option(help="Last day that counts, YYYY-MM-DD (default: yesterday where you are).")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option(help="Leave out what landed later: a batch number or a UTC time.")
    ] = None,
) -> None:
    """Take in what is new, build, audit, publish.

    Exit codes: 0 published, or nothing new; 3 the same, but a feed is refused or stale; 1 failed: what is published
    stays as it was; 2 wrong usage.
    """
    from pipelines import reporting, wiring

    with _plain_errors():
        found = wiring.settings(config, exports, data)
        wiring.use_instance(found.data_dir)
        with reporting.progress() as on_progress, wiring.open_sync(found, as_of, known_at, on_progress) as running:
            wiring.run_job(running, found)
        needs_attention = reporting.sync_report(found.data_dir, running.outcome)
    raise typer.Exit(Exit.ATTENTION if needs_attention else Exit.DONE)


@app.command()
def check(
    exports: Annotated[Path, typer.Argument(help="Folder of exports to read.")],
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Read and judge exports as sync would, writing nothing.

    Exit codes: 0 all would be taken as it is; 3 something would be refused, quarantined, repaired or orphaned.
    """
    from pipelines import reporting, wiring

    with _plain_errors():
        found = wiring.settings(config, exports, data)
        with reporting.progress() as on_progress:
            reports = wiring.check(found, on_progress)
        needs_attention = sum(reporting.check_report(report) for report in reports) > 0
    raise typer.Exit(Exit.ATTENTION if needs_attention else Exit.DONE)


@app.command()
def status(data: DataOption = None, config: ConfigOption = None) -> None:
    """Say what is published, from which batches, how old each feed is, and what failed last."""
    from pipelines import reporting, wiring

    with _plain_errors():
        found = wiring.settings(config, None, data, require_exports=False)
        needs_attention = reporting.status_report(found.data_dir)
    raise typer.Exit(Exit.ATTENTION if needs_attention else Exit.DONE)


RefusedArgument = Annotated[str, typer.Argument(help="Id of a refused delivery, as `rxladder status` lists it.")]


@app.command()
def accept(batch: RefusedArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Take a refused delivery after all; the next sync builds with it."""
    from pipelines import reporting, wiring

    with _plain_errors():
        landed = wiring.accept(wiring.settings(config, None, data, require_exports=False), batch)
        reporting.say(f"{batch} landed as batch {landed.batch_seq} of {landed.feed}; the next sync builds with it.")


@app.command()
def acknowledge(batch: RefusedArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Note that a refused delivery is known about: it is not taken, and sync ends with code 3 for it no longer."""
    from pipelines import reporting, wiring

    with _plain_errors():
        wiring.acknowledge(wiring.settings(config, None, data, require_exports=False), batch)
        reporting.say(f"{batch} is acknowledged; the data of its feed stay as they were.")


@app.command()
def ui(data: DataOption = None, config: ConfigOption = None) -> None:
    """Open Dagster on the data folder's own instance: assets, checks, runs and the daily schedule."""
    from pipelines import wiring

    with _plain_errors():
        found = wiring.settings(config, None, data, require_exports=False)
        wiring.use_instance(found.data_dir)
        os.environ["RXLADDER_DATA"] = str(found.data_dir)
        workspace = Path(__file__).resolve().parents[1] / "workspace.yaml"
        os.execvp("dagster", ["dagster", "dev", "-w", str(workspace)])


@contextlib.contextmanager
def _plain_errors() -> Generator[None]:
    """Turn the errors that a person can mend into a message and exit code 1; others keep their traceback."""
    from pipelines import reporting
    from pipelines.landing import LandingError
    from pipelines.orchestration.sync import SyncError
    from pipelines.quality import QualityError
    from pipelines.settings import SettingsError
    from pipelines.warehouse import DbtFailure

    try:
        yield
    except (SettingsError, LandingError, SyncError, QualityError, DbtFailure, OSError) as error:
        reporting.failed(str(error))
        raise typer.Exit(Exit.FAILED) from None
