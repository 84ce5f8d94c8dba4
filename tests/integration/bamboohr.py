"""BambooHR's documented interface, as far as employees and their history go, on a local server."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

from tests.integration.interface import Asked, Reply

KEY = "planted-bamboo-key-of-the-tests"
DATES = {"jobInfo": "date", "employmentStatus": "date", "compensation": "startDate"}


class BambooHR:
    """Employees by id, rows by table and employee id. `touch` says that something changed, and when."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, dict[str, list[dict[str, Any]]]] = {table: {} for table in DATES}
        self.changed: dict[str, tuple[str, str]] = {}
        self.changed_rows: dict[str, dict[str, str]] = {table: {} for table in DATES}
        self.restricted: set[str] = set()
        self.forbidden: set[str] = set()
        self.now = "2026-01-01T00:00:00Z"

    def hire(self, employee: str, first: str, last: str, day: str, **job: str) -> None:
        mail = f"{first}.{last}@example.org".lower()
        self.people[employee] = {"employeeId": employee, "firstName": first, "lastName": last, "workEmail": mail}
        self.changed[employee] = (self.now, "Inserted")
        self.row("employmentStatus", employee, date=day, employmentStatus="Full-Time")
        self.row("jobInfo", employee, date=day, **{"location": "S-1", "jobTitle": "Technician", **job})
        self.row("compensation", employee, startDate=day, rate="21.50 USD", type="Hourly", reason="")

    def row(self, table: str, employee: str, **row: Any) -> None:
        self.tables[table].setdefault(employee, []).append(row)
        self.touch(table, employee)

    def touch(self, table: str, employee: str) -> None:
        self.changed_rows[table][employee] = self.now
        self.changed[employee] = (self.now, "Updated")

    def delete(self, employee: str) -> None:
        del self.people[employee]
        for table in self.tables.values():
            table.pop(employee, None)
        self.changed[employee] = (self.now, "Deleted")

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != "Basic " + base64.b64encode(f"{KEY}:x".encode()).decode():
            return Reply(b"", 401)
        if asked.headers.get("Accept") != "application/json":
            return Reply(b"<?xml version='1.0'?><employees/>", headers={"Content-Type": "text/xml"})
        match [unquote(part) for part in asked.path.removeprefix("/api/").split("/")]:
            case ["employees"]:
                return self._list(asked)
            case ["employees", "changed"]:
                found = {
                    who: {"id": who, "action": action, "lastChanged": at}
                    for who, (at, action) in self.changed.items()
                    if at > asked.query["since"]
                }
                return Reply({"latest": self.now, "employees": found or []})  # PHP: an empty map is a list
            case ["employees", "changed", "tables", table]:
                if table in self.forbidden:
                    return Reply(b"", 403, {"X-BambooHR-Error-Message": "no access"})
                found = {
                    who: {"lastChanged": at, "rows": self.tables[table].get(who, [])}
                    for who, at in self.changed_rows[table].items()
                    if at >= asked.query["since"]
                }
                return Reply({"table": table, "employees": found or []})
            case ["employees", who, "tables", table]:
                if table in self.forbidden:
                    return Reply(b"", 403, {"X-BambooHR-Error-Message": "no access"})
                if who != "all" and who not in self.people:
                    return Reply({"type": "about:blank", "title": "Not Found", "status": 404}, 404)
                rows = self.tables[table]
                wanted = reversed([(w, r) for w in (rows if who == "all" else [who]) for r in rows.get(w, [])])
                return Reply([{"id": str(n), "employeeId": w, **r} for n, (w, r) in enumerate(wanted)])
        return Reply({"title": "Not Found"}, 404)

    def _list(self, asked: Asked) -> Reply:
        fields = asked.query["fields"].split(",")
        size, start = int(asked.query["page[limit]"]), int(asked.query.get("page[after]", "0"))
        everybody = list(self.people.values())
        data = [
            {"employeeId": one["employeeId"], "_restrictedFields": sorted(self.restricted & set(fields))}
            | {name: None if name in self.restricted else one[name] for name in fields}
            for one in everybody[start : start + size]
        ]
        more = str(start + size) if start + size < len(everybody) else None
        return Reply({"data": data, "meta": {"total": len(everybody), "page": {"nextCursor": more}}, "_links": {}})
