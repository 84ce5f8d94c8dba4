"""The 25 kinds of dirt that real exports hold, planted at set rates with a ledger of every fault.

The exports come as five sources, one folder each, as the systems would drop them; `rxladder.yml` beside them holds
what each source's settings have to say for the mapped faults to come right.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.demo.columns import Tables
from pipelines.demo.dirt_credentials import spoil_credentials
from pipelines.demo.dirt_hr import spoil_hr
from pipelines.demo.dirt_lms import spoil_lms
from pipelines.demo.draws import FEEDS as FEED_STREAMS
from pipelines.demo.draws import stream
from pipelines.demo.sheets import Ledger, Sheet, sheet
from pipelines.demo.writing import write_csv
from pipelines.feeds import FEEDS

FOLDERS = {"hr": "hris", "lms": "lms", "credentials": "credentials", "program": "program"}
SPOILED = (
    "employees",
    "job_history",
    "mentorships",
    "openings",
    "assignments",
    "completions",
    "credentials",
    "ce_credits",
)
LEDGER_FILE, CONFIG_FILE = "ledger.csv", "rxladder.yml"

# Faults by kind, as in domain.md; rates are shares of the rows of the file they are in [J].
KINDS = (
    *("rehire_with_new_id", "leading_zeros_lost", "duplicate_completion", "lms_keyed_by_email", "name_variant"),
    *("termination_off_by_one", "future_dated_row", "rescinded_termination", "retroactive_promotion"),
    *("overlapping_assignment", "gap", "several_rows_a_day", "reason_blank_or_other", "reason_against_type"),
    *("job_code_renamed", "site_merged", "date_format", "sentinel_date", "utc_shift", "completion_before_hire"),
    *("due_date_reset", "retired_course", "credential_typo", "ce_units_mixed", "truncated_resent_or_trailer"),
)


class _Dumper(yaml.SafeDumper):
    """Quotes ids, which a reader of another YAML version might take for numbers, and repeats what is the same."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    has_letters = any(character.isalpha() for character in text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if has_letters else '"')


_Dumper.add_representer(str, _text)


def write_dirty(folder: Path, tables: Tables, *, seed: int, end_on: int) -> int:
    """Write spoiled exports, their ledger and the configuration to read them with; returns the number of faults."""
    rng = stream(seed, FEED_STREAMS, 40)
    clean: Tables = {}
    sheets: dict[str, Sheet] = {}
    for name, table in tables.items():
        source = FOLDERS[FEEDS[name].group]
        if name in SPOILED:
            sheets[name] = sheet(source, name, table)
        else:
            clean[name] = table
    ledger = Ledger()
    links = Sheet(FOLDERS["program"], "person_links", clean.pop("person_links").column_names)
    settings: dict[str, dict[str, Any]] = {name: {} for name in (*FOLDERS.values(), "lms_old")}
    extra = [
        *spoil_hr(sheets, links, ledger, settings["hris"], rng, end_on),
        *spoil_lms(sheets, links, ledger, settings, rng),
    ]
    spoil_credentials(sheets, ledger, settings["credentials"], rng)
    for file in (*sheets.values(), *extra, links):
        file.write(folder)
    write_csv({folder / FOLDERS[FEEDS[name].group] / f"{name}.csv": table for name, table in clean.items()})
    ledger.write(folder / LEDGER_FILE)
    sources = [{"name": name, "exports": name, **options} for name, options in settings.items()]
    text = yaml.dump({"sources": sources}, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    (folder / CONFIG_FILE).write_text(text, encoding="utf-8")
    return len(ledger.faults)
