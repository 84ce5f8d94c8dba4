"""Faults in what credential systems export."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from pipelines.demo.sheets import FLAGGED, MAPPED, QUARANTINED, REPAIRED, Ledger, Sheet

TYPOS = {"C.Ph.T.": "CPhT", "CPHT": "CPhT", "Cpht": "CPhT"}
UNKNOWN_CODE = "CPTH"
CEUS = {"0.1 CEU": "1.0", "0.2 CEU": "2.0", "0.25 CEU": "2.5"}
FOREVER = "9999-12-31"


def spoil_credentials(
    sheets: dict[str, Sheet], ledger: Ledger, settings: dict[str, Any], rng: np.random.Generator
) -> None:
    """Spoil credentials and ce_credits."""
    held, credits = sheets["credentials"], sheets["ce_credits"]
    certificates = [token for token, row in held.rows.items() if row["credential_code"] == "CPhT"]
    for number, token in enumerate(held.choose(rng, 0.02, 12, certificates)):
        held.rows[token]["credential_code"] = list(TYPOS)[number % len(TYPOS)]
        ledger.note("credential_typo", MAPPED, held, token, "credential_code", "CPhT")
    # A code that nobody knows takes the certification away. Only from people who were never promoted, so that what
    # promotions rested on stays what it was.
    promoted = {row["employee_id"] for row in sheets["job_history"].rows.values() if row["reason"] == "Promotion"}
    others = [token for token in certificates if held.rows[token]["employee_id"] not in promoted]
    for token in held.choose(rng, 0.002, 3, others):
        held.rows[token]["credential_code"] = UNKNOWN_CODE
        ledger.note("credential_typo", FLAGGED, held, token, "credential_code", "CPhT", "listed as an orphan")
    for token in held.choose(rng, 0.02, 10, [t for t, row in held.rows.items() if not row["expires_on"]]):
        held.rows[token]["expires_on"] = FOREVER
        ledger.note("sentinel_date", MAPPED, held, token, "expires_on")
    for token in held.choose(rng, 0.004, 6, [t for t, row in held.rows.items() if row["verified_on"]]):
        meant = held.rows[token]["verified_on"]
        held.rows[token]["verified_on"] = str((date.fromisoformat(meant) - date(1899, 12, 30)).days)
        ledger.note("date_format", REPAIRED, held, token, "verified_on", meant, "an Excel day number; null")
    hours = {meant: written for written, meant in CEUS.items()}
    for token in credits.choose(rng, 0.03, 20, [t for t, row in credits.rows.items() if row["hours"] in hours]):
        meant = credits.rows[token]["hours"]
        credits.rows[token]["hours"] = hours[meant]
        ledger.note("ce_units_mixed", MAPPED, credits, token, "hours", meant)
    for token in credits.choose(rng, 0.0005, 3):
        meant = credits.rows[token]["hours"]
        credits.rows[token]["hours"] = f"{meant} credits"
        ledger.note("ce_units_mixed", QUARANTINED, credits, token, "hours", meant, "a unit that no setting explains")
    settings["values"] = {
        "credentials": {"credential_code": dict(TYPOS)},
        "ce_credits": {"hours": dict(CEUS)},
    }
