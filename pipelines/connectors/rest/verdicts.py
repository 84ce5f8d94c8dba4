"""What an answer means: the configured rules first, then what HTTP says. Errors come with status 200 too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path
from typing import Any

import orjson

from pipelines.connectors.rest.asking import Rule, Then
from pipelines.connectors.rest.client import Answer
from pipelines.connectors.rest.failures import PullError, Transient
from pipelines.connectors.rest.spec import Stream

_HEAD = 1 << 16
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_SAFE_WORD = re.compile(r"[\w .:-]{1,60}")
_ERROR_CODES = ("errorcode", "error_code", "code", "error", "title", "type")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an answer: take its records (None), or what a rule says. `body` is the parsed JSON,
    `note` what people should know of it."""

    then: Then | None
    body: Any = None
    note: str | None = None


def judge(answer: Answer, stream: Stream, rules: Iterable[Rule]) -> Verdict:
    """Return what an answer means.

    Raises:
        Transient: worth another try.
        PullError: it is not, and the pull can't go on.
    """
    head = _head(answer.body)
    is_empty = answer.status == 204 or not head.strip()
    body, is_whole = (None, True) if is_empty else _parsed(answer.body, head)
    for rule in rules:
        if _fits(rule, answer, head, body):
            return _ruled(rule, answer, body)
    if answer.status == 204:
        return Verdict("empty")
    if answer.status in _WORTH_ANOTHER_TRY:
        raise Transient(_said(answer, body), _retry_after(answer.headers))
    if answer.status == 401:
        raise PullError("the server refuses the credentials (401): see that they are right and have not expired")
    if answer.status == 403:
        raise PullError(f"the credentials have no right to {stream.name} (403){_code(body)}")
    if not 200 <= answer.status < 300:
        raise PullError(_said(answer, body))
    if head.lstrip()[:1] == b"<":
        what = "a web page (a login page?)" if b"<html" in head[:2048].lower() else "markup"
        raise PullError(f"the server sent {what} with status {answer.status}, not JSON: see to address and credentials")
    if is_empty:
        raise Transient(f"the answer is empty (status {answer.status})")
    if not is_whole:
        raise Transient("the answer is not whole JSON (cut off?)")
    return Verdict(None, body)


def dig(body: Any, path: str) -> Any:
    """Return what is at a dotted path in parsed JSON (`meta.page.next`, `links.0.href`), or None."""
    for part in path.split(".") if path else ():
        if isinstance(body, dict):
            body = body.get(part)
        elif isinstance(body, list) and part.isdecimal() and int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body


def _head(path: Path) -> bytes:
    with path.open("rb") as reader:
        return reader.read(_HEAD)


def _parsed(path: Path, head: bytes) -> tuple[Any, bool]:
    if head.lstrip()[:1] == b"<":
        return None, False
    try:
        return orjson.loads(path.read_bytes()), True
    except orjson.JSONDecodeError:
        return None, False


def _fits(rule: Rule, answer: Answer, head: bytes, body: Any) -> bool:
    if rule.status is not None:
        wanted = [rule.status] if isinstance(rule.status, int) else rule.status
        if answer.status not in wanted:
            return False
    if rule.content_type is not None and answer.content_type != rule.content_type.lower():
        return False
    if rule.path is not None:
        found = dig(body, rule.path)
        if found is None:
            return False
        return rule.matches is None or re.search(rule.matches, str(found)) is not None
    return rule.matches is None or re.search(rule.matches, head.decode("utf-8", "replace")) is not None


def _ruled(rule: Rule, answer: Answer, body: Any) -> Verdict:
    reason = f"{rule.reason}{_code(body)}" if rule.reason else _said(answer, body)
    if rule.then == "retry":
        raise Transient(reason, _retry_after(answer.headers))
    if rule.then == "fatal":
        raise PullError(reason)
    return Verdict(rule.then, note=rule.reason)


def _said(answer: Answer, body: Any) -> str:
    return f"the server answers with status {answer.status}{_code(body)}"


def _code(body: Any) -> str:
    """Say the error's code where the body has one. Free text is left out: it may speak of persons."""
    if isinstance(body, dict):
        for name in _ERROR_CODES:
            found = body.get(name)
            if isinstance(found, (str, int)) and _SAFE_WORD.fullmatch(str(found)):
                return f" [{found}]"
    return ""


def _retry_after(headers: Mapping[str, str]) -> str | None:
    """Return Retry-After in seconds; a date is taken against the server's own clock, which may not be ours."""
    stated = headers.get("Retry-After")
    until, now = parsedate_tz(stated or ""), parsedate_tz(headers.get("Date", ""))
    if stated is None or until is None or now is None:
        return stated
    return str(max(0, mktime_tz(until) - mktime_tz(now)))
