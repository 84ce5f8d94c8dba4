"""What an answer means: the configured rules first, then what HTTP says. Errors come with status 200 too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.connectors.rest.asking import Rule, Then
from pipelines.connectors.rest.body import Body, NotWhole
from pipelines.connectors.rest.exchange import Answer
from pipelines.connectors.rest.failures import WORTH_ANOTHER_TRY, PlaceGone, PullError, Transient, retry_after
from pipelines.connectors.rest.stream import Stream

_HEAD = 1 << 16
_SAFE_WORD = re.compile(r"[\w.:-]{1,60}")
_ERROR_CODES = ("errorcode", "error_code", "code", "error", "title", "type")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an answer: take its records (None), or what a rule says. `body` is its JSON where it has any,
    `note` what people should know of it."""

    then: Then | None
    body: Body | None = None
    note: str | None = None


def judge(answer: Answer, stream: Stream, rules: Iterable[Rule]) -> Verdict:
    """Return what an answer means.

    Raises:
        Transient: worth another try.
        PullError: it is not, and the pull can't go on.
    """
    head = _head(answer.body)
    is_empty = answer.status == 204 or not head.strip()
    body = None if is_empty else _parsed(answer.body, head)
    for rule in rules:
        found = _fits(rule, answer, head, body)
        if found is not None:
            return _ruled(rule, answer, body, {**_named(stream), **found})
    if answer.status == 204:
        return Verdict("empty")
    if answer.status in WORTH_ANOTHER_TRY:
        raise Transient(_said(answer, body), retry_after(answer.headers))
    if answer.status == 401:
        raise PullError("the server refuses the credentials (401): see that they are right and have not expired")
    if answer.status == 403:
        raise PullError(f"the credentials have no right to {stream.name} (403){_code(body)}")
    if not 200 <= answer.status < 300:
        raise PlaceGone(_said(answer, body))
    if head.lstrip()[:1] == b"<":
        what = "a web page (a login page?)" if b"<html" in head[:2048].lower() else "markup"
        raise PullError(f"the server sent {what} with status {answer.status}, not JSON: see to address and credentials")
    if is_empty:
        raise Transient(f"the answer is empty (status {answer.status})")
    if body is None:
        raise Transient("the answer is not whole JSON (cut off?)")
    return Verdict(None, body)


def _head(path: Path) -> bytes:
    with path.open("rb") as reader:
        return reader.read(_HEAD)


def _parsed(file: Path, head: bytes) -> Body | None:
    if head.lstrip()[:1] == b"<":
        return None
    try:
        return Body(file)
    except NotWhole:
        return None


def _fits(rule: Rule, answer: Answer, head: bytes, body: Body | None) -> dict[str, str] | None:
    """Return what the named groups of the rule's expression find where it fits, else None."""
    if rule.status is not None:
        wanted = [rule.status] if isinstance(rule.status, int) else rule.status
        if answer.status not in wanted:
            return None
    if rule.content_type is not None and answer.content_type != rule.content_type.lower():
        return None
    text = head.decode("utf-8", "replace")
    if rule.path is not None:
        found = body.dig(rule.path) if body is not None else None
        if found is None:
            return None
        text = str(found)
    fit = re.search(rule.matches or "", text)
    return None if fit is None else {name: value or "" for name, value in fit.groupdict().items()}


def _named(stream: Stream) -> dict[str, str]:
    """Return the fixed fields of a stream's form, which a reason may name."""
    return {name: value for name, value in (stream.form or {}).items() if isinstance(value, str) and "{" not in value}


def _ruled(rule: Rule, answer: Answer, body: Body | None, named: Mapping[str, str]) -> Verdict:
    reason = _said(answer, body)
    if rule.reason:
        reason = re.sub(r"{(\w+)}", lambda hole: named.get(hole[1], hole[0]), rule.reason) + _code(body)
    if rule.then == "retry":
        raise Transient(reason, retry_after(answer.headers))
    if rule.then == "fatal":
        raise PullError(reason)
    return Verdict(rule.then, note=reason if rule.reason else None)


def _said(answer: Answer, body: Body | None) -> str:
    return f"the server answers with status {answer.status}{_code(body)}"


def _code(body: Body | None) -> str:
    """Say the error's code where the body has one. Free text is left out: it may speak of persons."""
    if body is not None:
        for name in _ERROR_CODES:
            found = body.dig(name)
            if isinstance(found, (str, int)) and _SAFE_WORD.fullmatch(str(found)):
                return f" [{found}]"
    return ""
