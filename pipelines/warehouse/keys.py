"""Keys of people: HMAC-SHA256 of the employee id, made before dbt runs so that dbt never sees the secret.

Whoever a source names in another way has a key of that source and name, which no employee has: it stands for them
until it is known who they are.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import duckdb
from pydantic import SecretStr

_BLOCK = 64  # bytes in a SHA-256 block
_KEY_HEX = 16  # 64 bits: one chance in 4 billion of a clash among 100,000 people; a test of the data watches


def employee_secret(data_dir: Path, configured: SecretStr | None) -> SecretStr:
    """Return the secret from the environment, else the one kept in the restricted folder, made once.

    Raises:
        PermissionError: the kept secret cannot be read.
    """
    known = known_secret(data_dir, configured)
    if known is None:
        file = _kept(data_dir)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.parent.chmod(0o700)
        part = file.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(32))
            target.flush()
            os.fsync(target.fileno())
        part.replace(file)
        known = SecretStr(file.read_text(encoding="ascii").strip())
    return known


def known_secret(data_dir: Path, configured: SecretStr | None) -> SecretStr | None:
    """Return the secret from the environment, else the kept one, else None; nothing is made.

    Raises:
        PermissionError: the kept secret cannot be read.
    """
    if configured is not None and configured.get_secret_value():
        return configured
    file = _kept(data_dir)
    return SecretStr(file.read_text(encoding="ascii").strip()) if file.exists() else None


def has_keys_of(people: Path, secret: SecretStr | None) -> bool | None:
    """Tell whether a published restricted file was made with this secret; None where it tells of nobody.

    Somebody known under two ids has the key of one of them, so one person whose key fits is enough.
    """
    fits = f"bool_or(employee_key = {key_expression('employee_id')})" if secret else "count(*) = 0"
    with duckdb.connect() as connection:
        connection.execute("attach $people as published (read_only)", {"people": str(people)})
        row = connection.execute(
            f"select count(*), {fits} from (select employee_id, employee_key from published.directory limit 1000)",
            key_parameters(secret) if secret else {},
        ).fetchone()
    return bool(row[1]) if row and row[0] else None


def _kept(data_dir: Path) -> Path:
    return data_dir / "restricted" / "employee_key.secret"


def key_expression(column: str) -> str:
    """Return SQL for the key of an id column; bind `key_parameters` as $inner and $outer.

    HMAC written out, since DuckDB has the hash but not the construction; a test compares it with `hmac`.
    """
    inner = f"unhex(sha256($inner::blob || encode({column})))"
    return f"substr(sha256($outer::blob || {inner}), 1, {_KEY_HEX})"


def key_parameters(secret: SecretStr) -> dict[str, bytes]:
    """Return the padded inner and outer keys of HMAC-SHA256 (a secret longer than a block is refused)."""
    raw = secret.get_secret_value().encode()
    if not 16 <= len(raw) <= _BLOCK:
        raise ValueError(f"RXLADDER_EMPLOYEE_KEY must be 16 to {_BLOCK} bytes; it has {len(raw)}")
    padded = raw.ljust(_BLOCK, b"\0")
    return {"inner": bytes(b ^ 0x36 for b in padded), "outer": bytes(b ^ 0x5C for b in padded)}


def fingerprint(secret: SecretStr) -> str:
    """Return a value that changes with the secret and does not give it away."""
    expression = key_expression("'rxladder fingerprint'")
    with duckdb.connect() as connection:
        row = connection.execute(f"select {expression}", key_parameters(secret)).fetchone()
    return str(row[0]) if row else ""


def add_keys(
    connection: duckdb.DuckDBPyConnection,
    id_queries: Iterable[str],
    secret: SecretStr,
    name_queries: Iterable[str] = (),
) -> None:
    """Add the keys of ids and names that have none yet.

    Args:
        connection: to the build database, with control.employee_keys and control.person_keys.
        id_queries: each returns employee_id; keys go to control.employee_keys.
        secret: the secret.
        name_queries: each returns source and person, what a source calls people by in place of employee ids; keys go
            to control.person_keys. Addresses that differ in case only have one key.
    """
    wanted = " union ".join(id_queries)
    connection.execute(
        f"""insert into control.employee_keys
        select employee_id, {key_expression("employee_id")} as employee_key
        from ({wanted}) as seen
        where employee_id is not null
            and not exists (select 1 from control.employee_keys as known where known.employee_id = seen.employee_id)
        """,
        key_parameters(secret),
    )
    for query in name_queries:
        name = "case when person like '%@%' then lower(trim(person)) else person end"
        connection.execute(
            f"""insert into control.person_keys
            select source, person, {key_expression(f"source || chr(31) || {name}")} as person_key
            from ({query}) as seen
            where person is not null and not exists (
                select 1 from control.person_keys as known
                where known.source = seen.source and known.person = seen.person
            )
            """,
            key_parameters(secret),
        )
