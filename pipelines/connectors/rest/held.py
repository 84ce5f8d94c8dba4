"""Where an answer holds its records, and the file from which DuckDB reads them one by one, however many they are.

A plain list is a JSON array. Members of a map, and what has rows of its own, are lines `{"k": key, "p": parent, "v":
member}`: as one value of hundreds of megabytes they would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Raw

from pipelines.connectors.rest.body import Body
from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.stream import Stream

Members = Mapping[str, Raw] | Sequence[Raw]


def container(body: Body, stream: Stream) -> tuple[str, Members]:
    """Return where the outermost list or map of records of a page is, and its members.

    Raises:
        PullError: there is none.
    """
    where: list[str] = []
    for name in stream.way_to_records:
        around = body.opened(".".join(where))
        if not isinstance(around, dict) or name not in around:
            raise PullError(f"the answer has no {name!r} to find records in: an error, or another interface")
        where.append(name)
    path = ".".join(where)
    members = body.opened(path)
    if members is None:
        return path, ()
    if stream.records.endswith("{}") and isinstance(members, dict):
        return path, [Raw(body.bytes_of(path) or b"")]
    if isinstance(members, dict) and "*" in stream.records.split("."):
        return path, members
    if isinstance(members, list) and not (stream.records.endswith("*") and members):
        return path, members
    raise PullError(f"a list of records was expected at {stream.records or 'the top'!r}, and there is something else")


def write_rows(file: Path, body: Body, where: str, members: Members, stream: Stream) -> int:
    """Write the records for DuckDB; return the size of the longest line in bytes (0 for a plain list)."""
    if stream.is_plain_list:
        file.write_bytes((body.bytes_of(where) if members else None) or b"[]")
        return 0
    around = body.opened(where.rpartition(".")[0]) if where else None
    wanted = {path[2:].partition(".")[0] for path in stream.paths if path.startswith("^.")}
    kept = {name: value for name, value in around.items() if name in wanted} if isinstance(around, dict) else {}
    parent = msgspec.json.encode(kept)
    longest = 0
    with file.open("wb") as writer:
        for key, member in members.items() if isinstance(members, Mapping) else enumerate(members):
            line = b'{"k":%b,"p":%b,"v":%b}' % (msgspec.json.encode(str(key)), parent, bytes(member))
            # a line end can only stand between values: in a text it is escaped
            line = line.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
            longest = max(longest, len(line))
            writer.write(line)
    return longest
