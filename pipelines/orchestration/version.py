"""The version of the code that makes a release."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.warehouse import project_hash

_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def code_version() -> str:
    """Return the package's version and a hash of its Python and SQL, so that an edit is a new version."""
    digest = hashlib.sha256(project_hash().encode())
    for file in sorted(_PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    return f"{version('rxladder')}+{digest.hexdigest()[:10]}"
