"""The command line `rxladder`. Wiring only: what is slow to import is imported by the command that needs it."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
from collections.abc import Generator
from datetime import date, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.garbage import collect_garbage_rarely

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
        str | None, typer.Option(help="Last day that counts, YYYY-MM-DD (default: the last that HR's feeds cover).")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option(help="Leave out what landed later: a batch number or a UTC time.")
    ] = None,
    accept_leavers: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="A day on which, truly, more than a fifth of the people left."),
    ] = None,
    accept_new_ids: Annotated[
        list[str] | None, typer.Option(help="A source whose id_prefix or persons setting has changed for good.")
    ] = None,
    accept_date: Annotated[
        bool, typer.Option("--accept-date", help="Take a day or a clock that goes back, or lies years ahead.")
    ] = False,
    new_employee_key: Annotated[
        bool, typer.Option("--new-employee-key", help="Give everybody another employee_key: the old key is gone.")
    ] = False,
) -> None:
    """Take in what is new, build, audit, publish.

    Exit codes: 0 published, or nothing new; 3 the same, but a feed is refused or stale; 1 failed: what is published
    stays as it was; 2 wrong usage.
    """
    collect_garbage_rarely()
    from pipelines import reporting, wiring

    with _plain_errors():
        found = wiring.settings(config, exports, data)
        meant = wiring.Meant(
            accept_new_ids or (), new_employee_key, accept_date, [day.date() for day in accept_leavers or ()]
        )
        with (
            reporting.progress() as on_progress,
            wiring.open_sync(found, as_of, known_at, on_progress, meant=meant) as running,
        ):
            wiring.use_instance(found.data_dir)
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
KnownArgument = Annotated[
    str, typer.Argument(help="Id of a refused delivery, or SOURCE/FEED or SOURCE that is silent or late.")
]


@app.command()
def accept(batch: RefusedArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Take a refused delivery after all; the next sync builds with it."""
    from pipelines import reporting, wiring

    with _plain_errors():
        landed = wiring.accept(wiring.settings(config, None, data, require_exports=False), batch)
        reporting.say(f"{batch} landed as batch {landed.batch_seq} of {landed.feed}; the next sync builds with it.")


@app.command()
def acknowledge(what: KnownArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Note that a refused delivery is known about, or that a silent feed had nothing to tell: sync ends with code 3 for
    it no longer.

    A refused delivery is not taken. A silent feed counts as telling through the day that it would cover, and is asked
    again for what follows.
    """
    from pipelines import reporting, wiring

    with _plain_errors():
        reporting.say(wiring.acknowledge(wiring.settings(config, None, data, require_exports=False), what))


@app.command()
def demo(
    to: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("data/demo"),
    sites: Annotated[int | None, typer.Option(help="Sites (default 30).")] = None,
    years: Annotated[int, typer.Option(help="Whole years of history.")] = 4,
    employees: Annotated[int | None, typer.Option(help="Technicians at a time (default 15 a site).")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    effect: Annotated[float, typer.Option(help="Hazard ratio of the program on quitting; 1.0 = none.")] = 0.75,
    ambition: Annotated[bool, typer.Option(help="An unmeasured trait that raises mentoring and lowers quits.")] = True,
    dirty: Annotated[bool, typer.Option(help="Plant every kind of dirt of real exports, with a ledger.")] = False,
    daily: Annotated[int, typer.Option(help="Write the last N days as dated files.")] = 0,
    roster: Annotated[
        bool, typer.Option("--roster", help="Write weekly lists of who is employed in place of a job history.")
    ] = False,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the history (default yesterday).")
    ] = None,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="Do nothing when the folder is there.")] = False,
) -> None:
    """Write the exports of a made-up pharmacy operator, and the truth planted in them (truth.json).

    The same seed and the same last day give the same bytes.
    """
    from pipelines import reporting

    if if_missing and to.exists():
        reporting.say(f"The demo organisation is in {to}.")
        return
    from pipelines.demo import Scenario, write_demo

    with reporting.progress() as on_progress:
        on_progress("making the demo organisation", 0, None)
        try:
            end_on = until.date() if until else date.today() - timedelta(days=1)
            scenario = Scenario(sites, years, employees, seed, effect, ambition=ambition, end_on=end_on)
            made = write_demo(to, scenario, dirty=dirty, daily=daily, roster=roster)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    rows = sum(made.rows.values())
    faults = f", {made.faults:,} planted faults (ledger.csv)" if dirty else ""
    reporting.say(f"Wrote {rows:,} rows of {len(made.rows)} feeds to {made.folder}{faults}. Sync them with:")
    reporting.say(f"  rxladder sync --config {to}" if dirty else f"  rxladder sync --exports {to / 'exports'}")
    if roster:
        reporting.say(
            "What a weekly list cannot know differs from the event history: the day of a change between two lists (and"
            " of a rehire) becomes the next list's, what came and went between two lists is missing, and so are leaves."
        )


source = typer.Typer(help="The systems that are pulled (config/sources.yml).", no_args_is_help=True)
app.add_typer(source, name="source")


@source.command("test")
def source_test(
    name: Annotated[str, typer.Argument(help="Name of the source in sources.yml.")],
    config: ConfigOption = None,
) -> None:
    """Ask a source for a little of each list, and land nothing: are credentials and rights in order, what do the first
    records become.

    Exit codes: 0 every feed can be pulled; 3 one can't.
    """
    from pipelines import reporting, wiring

    with _plain_errors():
        found = wiring.settings(config, require_exports=False)
        is_sound = reporting.source_report(wiring.try_source(found, name, reporting.say))
    raise typer.Exit(Exit.DONE if is_sound else Exit.ATTENTION)


@source.command("anew")
def source_anew(
    name: Annotated[str, typer.Argument(help="Name of the source in sources.yml.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take back what has landed and the source does not tell any more.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Have the next sync pull a source from the beginning: after a right was granted, or ids were mended there."""
    from pipelines import reporting, wiring

    with _plain_errors():
        wiring.pull_anew(wiring.settings(config, None, data, require_exports=False), name, replace=replace)
    reporting.say(f"The next sync pulls {name} anew." + (" What it does not tell is taken back." if replace else ""))


@source.command("add")
def source_add(
    name: Annotated[str, typer.Argument(help="Name of the new source.")],
    example: Annotated[str, typer.Option("--from", help="Name of a file in config/examples, such as bamboohr.")],
    config: ConfigOption = None,
) -> None:
    """Begin a source in sources.yml from a worked example. Nothing is pulled until you fill in what is yours."""
    from pipelines import reporting, source_examples, wiring
    from pipelines.sources import SourcesError

    with _plain_errors():
        file = wiring.sources_file(config)
        try:
            started = source_examples.add_source(file, name, example)
        except SourcesError as error:
            raise wiring.UsageError(str(error)) from None
    reporting.say(f"Added {name} to {started.file}. Now:")
    to_fill_in, variables = ", ".join(started.to_fill_in), ", ".join(started.variables)
    reporting.say(f"  fill in {to_fill_in} and read its comments" if to_fill_in else "  read its comments")
    if variables:
        reporting.say(f"  set {variables} in the environment (or give {{file: path}} in their place)")
    if started.secret_files:
        reporting.say(f"  put {', '.join(started.secret_files)} beside it, readable by you alone (chmod 600)")
    reporting.say(f"  rxladder source test {name}")


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


@app.command()
def dashboard(
    data: DataOption = None,
    config: ConfigOption = None,
    port: Annotated[int, typer.Option(help="Port to answer at.", min=1024, max=65535)] = 8501,
    address: Annotated[
        str, typer.Option(help="Address to answer at; another than localhost needs a sign-in (access.yml).")
    ] = "localhost",
) -> None:
    """Show the published figures in a browser: to whom access.yml says, else to whoever sits at this machine.

    Exit codes: 1 access.yml, or the secrets it names, cannot be used.
    """
    from pipelines import wiring

    with _plain_errors():
        found = wiring.settings(config, None, data, require_exports=False)
        options = {"data": found.data_dir, "config": found.config_dir, "address": address, "port": port}
        os.chdir(Path(__file__).resolve().parents[1])  # where Streamlit finds the theme
        arguments = [f"--{name}={value}" for name, value in options.items()]
        os.execv(sys.executable, [sys.executable, "-m", "dashboards.serve", *arguments])


@contextlib.contextmanager
def _plain_errors() -> Generator[None]:
    """Turn the errors that a person can mend into a message and exit code 1 or 2; others keep their traceback."""
    from pipelines import reporting
    from pipelines.landing import LandingError
    from pipelines.orchestration.sync_request import SyncError
    from pipelines.quality import QualityError
    from pipelines.settings import SettingsError
    from pipelines.warehouse import BuildError, DbtFailure
    from pipelines.wiring import UsageError

    try:
        yield
    except UsageError as error:
        reporting.failed(str(error))
        raise typer.Exit(Exit.USAGE) from None
    except (SettingsError, LandingError, SyncError, QualityError, BuildError, DbtFailure, OSError) as error:
        reporting.failed(str(error))
        raise typer.Exit(Exit.FAILED) from None


def main() -> None:
    """Run a command, and end as soon as it has: Python takes half a second to take the libraries' objects apart."""
    try:
        app()
    except SystemExit as end:
        if threading.active_count() > 1 or not isinstance(end.code, int):
            raise
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)
