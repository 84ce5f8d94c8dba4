"""From one page to the next: which request comes first, which follows, and when the list is at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from pipelines.connectors.rest.asking import Paging
from pipelines.connectors.rest.body import Body
from pipelines.connectors.rest.failures import Drifted, PullError

Place = dict[str, Any]
"""Where in a list a request is: `params` to add, or the `url` to ask for instead. Plain JSON: it is kept on disk."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows. `digest` is of its records alone; `head` and `tail` of the first and last `overlap` ones;
    `marks` stand for each record where nothing else shows that it is on two pages."""

    count: int
    digest: str
    head: str
    tail: str
    next_value: Any = None
    total: int | None = None
    pages: int | None = None
    more: bool | None = None
    marks: list[int] = field(default_factory=list[int])


def look(paging: Paging, body: Body, next_link: str | None) -> dict[str, Any]:
    """Return what a page's envelope says of the next one."""
    total, pages = (body.dig(path) if path else None for path in (paging.total, paging.pages))
    more = body.dig(paging.more) if paging.more else None
    return {
        "next_value": next_link if paging.kind == "link" else body.dig(paging.path) if paging.path else None,
        "total": _count(total),
        "pages": _count(pages),
        "more": None if paging.more is None else more in (True, 1, "true", "True"),
    }


def first(paging: Paging) -> Place:
    """Return the place of the first request."""
    params: dict[str, Any] = {}
    if paging.kind == "page" and paging.parameter:
        params[paging.parameter] = 1 if paging.first is None else paging.first
    elif paging.kind == "offset" and paging.parameter:
        params[paging.parameter] = paging.first or 0
    if paging.size_parameter and paging.size:
        params[paging.size_parameter] = paging.size
    return {"params": params}


def following(  # noqa: PLR0911 - one return a way in which a list ends
    paging: Paging, place: Place, pages: list[Seen], asked_url: str
) -> Place | None:
    """Return the place after the newest page, or None at the end of the list.

    Raises:
        PullError: a page or a cursor comes again, or there are more pages than allowed.
        Drifted: the overlap with the page before is not what it was.
    """
    newest = pages[-1]
    _guard(paging, pages)
    if paging.kind == "none" or (newest.count == 0 and paging.kind in ("page", "offset")):
        return None
    if newest.more is False:
        return None
    if paging.kind in ("cursor", "next_url", "link"):
        return _led(paging, place, pages, asked_url)
    if paging.stops_short and newest.count < (paging.size or 0):
        return None
    done = sum(page.count for page in pages) - paging.overlap * (len(pages) - 1)
    if newest.total is not None and done >= newest.total:
        return None
    if newest.pages is not None and len(pages) >= newest.pages:
        return None
    params: Mapping[str, Any] = place["params"]
    assert paging.parameter is not None
    if paging.kind == "page":
        return {"params": {**params, paging.parameter: params[paging.parameter] + 1}}
    if newest.count <= paging.overlap:
        return None
    # by what came, not by what was asked for: servers cap the size as they like
    step = newest.count - paging.overlap
    return {"params": {**params, paging.parameter: params[paging.parameter] + step}}


def check_complete(paging: Paging, pages: list[Seen]) -> None:
    """Raise Drifted when the pages hold fewer or more records than the server says there are."""
    totals = [page.total for page in pages if page.total is not None]
    if not totals:
        return
    got = sum(page.count for page in pages) - paging.overlap * max(0, len(pages) - 1)
    if totals[0] != totals[-1] or got != totals[-1]:
        raise Drifted(f"the server counts {totals[-1]:,} records (first {totals[0]:,}), the pages hold {got:,}")


def on_two_pages(pages: list[Seen]) -> frozenset[int]:
    """Return what stands for the records that are on more than one page: where pages are numbered, one that comes twice
    means that another may not have come at all, though there are as many as the server counts."""
    counts = Counter(mark for page in pages for mark in set(page.marks))
    return frozenset(mark for mark, count in counts.items() if count > 1)


def _led(paging: Paging, place: Place, pages: list[Seen], asked_url: str) -> Place | None:
    """Go where the page leads: a cursor or a URL."""
    value = pages[-1].next_value
    if value in (None, "", False):
        if pages[-1].more:
            raise PullError("the server says that there is more and does not say where")
        return None
    if value in [page.next_value for page in pages[:-1]]:
        raise PullError("the server leads back to a page that it gave before (a loop)")
    if paging.kind == "cursor":
        return {"params": {**place["params"], str(paging.parameter): value}}
    if not isinstance(value, str):
        raise PullError("the server's address of the next page is no text")
    return {"params": {}, "url": urljoin(asked_url, value)}


def _guard(paging: Paging, pages: list[Seen]) -> None:
    newest = pages[-1]
    if len(pages) >= paging.max_pages:
        raise PullError(f"more than {paging.max_pages:,} pages: raise max_pages if that is right")
    if newest.count and newest.digest in [page.digest for page in pages[:-1]] and newest.count > paging.overlap:
        raise PullError("the server gives the same page again: its paging does not work as configured")
    if paging.overlap and len(pages) > 1 and newest.head != pages[-2].tail:
        raise Drifted("records moved between pages")


def without_secrets(url: str, names: set[str]) -> str:
    """Return a URL without the query parameters that carry a token, so that it can be kept on disk."""
    parts = urlsplit(url)
    kept = "&".join(piece for piece in parts.query.split("&") if piece and not {n for n, _ in parse_qsl(piece)} & names)
    return parts._replace(query=kept).geturl()


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, str)) and str(value).isdecimal() else None
