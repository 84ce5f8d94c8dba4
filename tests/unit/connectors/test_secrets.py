"""What is said or kept of a source holds none of its secrets, however they are written."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from pipelines.connectors.secrets import HIDDEN, Keyring, Secret

SECRET = 'kéy/of "the & tests+='
WRITINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON beyond ASCII": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "HTML": html.escape,
    "an address": quote,
    "an address, slashes too": lambda secret: quote(secret, safe=""),
    "a query": quote_plus,
    "an address in small letters": lambda secret: re.sub("%..", lambda code: code[0].lower(), quote(secret)),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
}


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    (tmp_path / "key.secret").write_text(SECRET + "\n", encoding="utf-8")
    keyring = Keyring(tmp_path)
    assert keyring.value(Secret(file="key.secret")) == SECRET
    return keyring


@pytest.mark.parametrize("written", WRITINGS.values(), ids=WRITINGS)
def test_a_secret_that_was_read_is_hidden_in_messages_and_in_data(
    keyring: Keyring, written: Callable[[str], str]
) -> None:
    form = written(SECRET)
    assert keyring.redact(f"refused: {form}!") == f"refused: {HIDDEN}!"
    assert keyring.is_in(f"[{form}]".encode())
    assert keyring.redact_bytes(f"[{form}]".encode()) == f"[{HIDDEN}]".encode()


def test_so_is_one_that_was_fetched(keyring: Keyring) -> None:
    keyring.hide("token-of-an-hour")
    assert keyring.redact(f"token-of-an-hour, {SECRET}") == f"{HIDDEN}, {HIDDEN}"


def test_a_short_one_is_hidden_in_data_only_as_a_whole_text(keyring: Keyring) -> None:
    keyring.hide("rx1")
    shown = keyring.redact_bytes(b'{"user": "rx1", "course": "rx101"}')
    assert json.loads(shown) == {"user": HIDDEN, "course": "rx101"}
    assert keyring.redact("rx1 may not") == f"{HIDDEN} may not"


def test_other_words_stay(keyring: Keyring) -> None:
    assert keyring.redact("status 500") == "status 500"
    assert keyring.redact_bytes(b'{"id": 1}') == b'{"id": 1}'
    assert not keyring.is_in(b'{"id": 1}')
