"""Employee keys: the construction written in SQL is HMAC-SHA256, and the secret is kept where only we read."""

import hashlib
import hmac
import stat
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from pipelines.warehouse import keys

SECRET = SecretStr("0123456789abcdef0123")


def test_keys_are_hmac_sha256() -> None:
    ids = ["00012", "12", "é", "x" * 500]
    with duckdb.connect() as connection:
        connection.execute(
            "create schema control; create table control.employee_keys (employee_id varchar, employee_key varchar)"
        )
        rows = ", ".join(f"('{one}')" for one in ids)
        for _ in range(2):  # the second time adds nothing
            keys.add_keys(connection, [f"select employee_id from (values {rows}, (null)) t(employee_id)"], SECRET)
        found = dict(connection.execute("from control.employee_keys").fetchall())
    secret = SECRET.get_secret_value().encode()
    assert found == {one: hmac.new(secret, one.encode(), hashlib.sha256).hexdigest()[:16] for one in ids}


@pytest.mark.parametrize("secret", ["short", "x" * 65])
def test_a_secret_of_the_wrong_length_is_an_error_that_does_not_show_it(secret: str) -> None:
    with pytest.raises(ValueError, match="RXLADDER_EMPLOYEE_KEY") as error:
        keys.key_parameters(SecretStr(secret))
    assert secret not in str(error.value)


def test_the_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    first = keys.employee_secret(tmp_path, None)
    assert keys.employee_secret(tmp_path, None) == first
    file = tmp_path / "restricted" / "employee_key.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert keys.employee_secret(tmp_path, SECRET) == SECRET


def test_the_fingerprint_follows_the_secret() -> None:
    assert keys.fingerprint(SECRET) == keys.fingerprint(SECRET) != keys.fingerprint(SecretStr("y" * 20))
