"""Moodle's web services, as servers of 4.1 and 4.5 answer, as far as courses, completions, grades and reports go."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from tests.integration.interface import Asked, Reply

TOKEN = "planted-moodle-token-of-the-tests"
RIGHTS = frozenset(
    {
        "webservice/rest:use",
        "moodle/course:view",
        "moodle/course:update",
        "moodle/course:viewhiddencourses",
        "moodle/course:viewparticipants",
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
        "moodle/site:accessallgroups",
        "report/completion:view",
        "gradereport/user:view",
    }
)
ENOUGH = RIGHTS - {"moodle/course:update"}
FUNCTIONS = frozenset(
    {
        "core_course_get_courses",
        "core_enrol_get_enrolled_users",
        "core_enrol_get_users_courses",
        "core_completion_get_course_completion_status",
        "gradereport_user_get_grade_items",
        "core_reportbuilder_retrieve_report",
        "core_webservice_get_site_info",
    }
)
HEADINGS = ["ID number", "Email address", "Course ID number", "Course short name", "Course full name", "Category name",
            "Time started", "Time created", "Time completed"]  # fmt: skip
DAY = 86400


def refused(code: str, message: str = "", exception: str = "moodle_exception") -> Reply:
    """An error, as Moodle says it: with status 200."""
    return Reply({"exception": exception, "errorcode": code, "message": message or f"said of Jane Doe: {code}"})


def no_access(message: str) -> Reply:
    return refused("accessexception", f"Access control exception ({message})", "webservice_access_exception")


class Moodle:
    """Users and courses by number; who is enrolled; completions (unix seconds) and points by user and course."""

    def __init__(self) -> None:
        self.users: dict[int, dict[str, Any]] = {}
        self.courses: dict[int, dict[str, Any]] = {}
        self.course(1, "The site", category=0)
        self.enrolled: dict[int, list[int]] = {}
        self.done: dict[tuple[int, int], int] = {}
        self.visited: dict[tuple[int, int], int] = {}
        self.points: dict[tuple[int, int], float] = {}
        self.without_criteria: set[int] = set()
        self.any_criterion: set[int] = set()
        self.hidden: set[int] = set()
        self.separate_groups: set[int] = set()
        self.inactive: set[tuple[int, int]] = set()  # the enrolment has ended or is suspended
        self.trainers: set[tuple[int, int]] = set()  # no learner's role
        self.unconfirmed: set[int] = set()
        self.rights = set(RIGHTS)
        self.functions = set(FUNCTIONS)
        self.headings = list(HEADINGS)
        self.order: list[tuple[int, int]] | None = None  # of the report's rows; None: sorted

    def course(self, number: int, title: str, category: int = 1, id_number: str = "") -> None:
        names = {"fullname": title, "shortname": f"C&{number}", "idnumber": id_number, "categoryid": category}
        self.courses[number] = {"id": number, **names, "summary": "<p>Long.</p>", "format": "topics"}
        if number != 1:
            self.enrolled[number] = []

    def user(self, number: int, id_number: str, *courses: int) -> None:
        mail = f"u{number}@example.org"
        self.users[number] = {"id": number, "idnumber": id_number, "email": mail, "fullname": f"Jane {number}"}
        for course in courses:
            self.enrolled[course].append(number)

    def complete(self, user: int, course: int, at: int, points: float | None = None) -> None:
        self.done[user, course] = self.visited[user, course] = at
        if points is not None:
            self.points[user, course] = points

    def delete(self, user: int) -> None:
        del self.users[user]
        for users in self.enrolled.values():
            if user in users:
                users.remove(user)

    def __call__(self, asked: Asked) -> Reply:
        form = asked.form
        if asked.method != "POST" or asked.query or form.get("wstoken") != TOKEN:
            return refused("invalidtoken")
        if form.get("moodlewsrestformat") != "json":
            return Reply(b"<?xml version='1.0'?><RESPONSE/>", headers={"Content-Type": "application/xml"})
        if "webservice/rest:use" not in self.rights:
            return no_access("You are not allowed to use the rest protocol (missing capability: webservice/rest:use)")
        function = form["wsfunction"]
        if function not in FUNCTIONS:
            return refused("invalidrecordunknown", exception="dml_missing_record_exception")
        if function not in self.functions:
            return no_access(f"Access to the function {function}() is not allowed.")
        course = int(form.get("courseid", 0))
        if course in self.hidden and "moodle/course:viewhiddencourses" not in self.rights:
            return self._no_context(course)
        return getattr(self, "_" + function.split("_", 1)[1])(form, int(form.get("userid", 0)), course)

    def _no_context(self, course: int) -> Reply:
        said = "Course or activity not accessible. (Course is hidden)"
        message = f"You cannot execute functions in the course context (course id:{course})."
        return refused("errorcoursecontextnotvalid", f"{message} The context error message was: {said}")

    def _webservice_get_site_info(self, *_: Any) -> Reply:
        return Reply({"sitename": "Moodle", "functions": [{"name": one, "version": "1"} for one in self.functions]})

    def _course_get_courses(self, form: dict[str, str], *_: Any) -> Reply:
        if self.hidden and "moodle/course:viewhiddencourses" not in self.rights:
            return self._no_context(min(self.hidden))
        found: list[dict[str, Any]] = []
        for number, one in self.courses.items():
            shown = dict(one)
            if form.get("moodlewssettingraw") != "1":
                shown |= {name: html.escape(one[name]) for name in ("fullname", "shortname")}
            if "moodle/course:update" in self.rights:
                shown |= {"visible": int(number not in self.hidden), "enablecompletion": 1, "groupmode": 0}
            else:
                del shown["idnumber"]
            found.append(shown)
        return Reply(found)

    def _enrol_get_enrolled_users(self, form: dict[str, str], _: int, course: int) -> Reply:
        if "moodle/course:viewparticipants" not in self.rights:
            return refused("nopermissions", "Sorry, but you do not currently have permissions to do that")
        count = sum(name.endswith("[name]") for name in form)
        options = {form[f"options[{n}][name]"]: form[f"options[{n}][value]"] for n in range(count)}
        assert options["sortby"] == "id"
        listed = sorted(self.enrolled[course])
        if "moodle/user:viewdetails" not in self.rights:
            listed = []
        if course in self.separate_groups and "moodle/site:accessallgroups" not in self.rights:
            listed = []
        start = int(options["limitfrom"])
        page = listed[start : start + int(options["limitnumber"])]
        return Reply([self._shown(one, options.get("userfields", "").split(",")) for one in page])

    def _shown(self, user: int, fields: list[str]) -> dict[str, Any]:
        shown = {name: value for name, value in self.users[user].items() if value != "" and name in fields}
        if "moodle/user:viewalldetails" not in self.rights:
            shown.pop("idnumber", None)
        return shown

    def _enrol_get_users_courses(self, _: Any, user: int, __: int) -> Reply:
        if user not in self.users:
            return refused("invaliduser")
        return Reply(
            [
                {
                    "id": number,
                    "shortname": html.escape(self.courses[number]["shortname"]),
                    "idnumber": self.courses[number]["idnumber"],
                    "visible": int(number not in self.hidden),
                    "enablecompletion": True,
                    "completed": self._seen((user, number) in self.done),
                    "completionhascriteria": bool(self._seen(number not in self.without_criteria)),
                    "completionusertracked": bool(self._seen(self._is_tracked(user, number))),
                    "lastaccess": self.visited.get((user, number)),
                }
                for number, users in self.enrolled.items()
                if user in users and (user, number) not in self.inactive
                and (number not in self.hidden or (user, number) in self.trainers)
            ]
        )  # fmt: skip

    def _seen(self, value: bool) -> bool | None:
        return value if "report/completion:view" in self.rights else None

    def _is_tracked(self, user: int, course: int) -> bool:
        is_active = user in self.enrolled[course] and (user, course) not in self.inactive
        return is_active and (user, course) not in self.trainers

    def _completion_get_course_completion_status(self, _: Any, user: int, course: int) -> Reply:
        if user not in self.users:
            return refused("userdeleted")
        if user in self.unconfirmed:
            return refused("usernotconfirmed")
        if "report/completion:view" not in self.rights:
            return refused("cannotviewreport")
        if not self._is_tracked(user, course):
            return refused("usernotenroled")
        if course in self.without_criteria:
            return refused("nocriteriaset")
        at, is_any = self.done.get((user, course)), course in self.any_criterion
        times: list[int | None] = [None, None] if at is None else [at, at + 5 * DAY] if is_any else [at - 60, at]
        criteria = [{"type": 4 + place, "complete": bool(one), "timecompleted": one} for place, one in enumerate(times)]
        criteria.append({"type": 8, "complete": False, "timecompleted": None})
        told = {"completed": at is not None, "aggregation": 2 if is_any else 1, "completions": criteria}
        return Reply({"completionstatus": told, "warnings": []})

    def _user_get_grade_items(self, _: Any, __: int, course: int) -> Reply:
        if "gradereport/user:view" not in self.rights:
            return refused("nopermissions")
        return Reply({"usergrades": [self._grades(one, course) for one in self.enrolled[course]], "warnings": []})

    def _grades(self, user: int, course: int) -> dict[str, Any]:
        points = self.points.get((user, course))
        items = [
            {"itemtype": "mod", "graderaw": 1, "grademax": 10},
            {"itemtype": "course", "graderaw": points, "grademax": 20},
        ]
        return {"courseid": course, "userid": user, "gradeitems": items}

    def _reportbuilder_retrieve_report(self, form: dict[str, str], *_: Any) -> Reply:
        rows = [self._row(user, course) for user, course in self.order or self._sorted()]
        start, size = int(form["page"]) * int(form["perpage"]), int(form["perpage"])
        page = [{"columns": row} for row in rows[start : start + size]]
        return Reply({"data": {"headers": self.headings, "rows": page, "totalrowcount": len(rows)}, "warnings": []})

    def _sorted(self) -> list[tuple[int, int]]:
        pairs = [(user, course) for course, users in self.enrolled.items() for user in users]
        return sorted(pairs, key=lambda p: (self.users[p[0]]["idnumber"], self.courses[p[1]]["idnumber"], p))

    def _row(self, user: int, course: int) -> list[str]:
        person, of = self.users[user], self.courses[course]
        values = {
            "ID number": person["idnumber"],
            "Email address": person["email"],
            "Course ID number": of["idnumber"],
            "Course short name": of["shortname"],
            "Course full name": of["fullname"],
            "Category name": f"Category {of['categoryid']}",
            "Time started": _written(1704110400) if course % 2 else "",
            "Time created": _written(1704110400),
            "Time completed": _written(self.done.get((user, course), 0)),
        }
        return [html.escape(values[heading]) for heading in self.headings]


def _written(at: int) -> str:
    """A time as Moodle shows it to a user in English."""
    return f"{datetime.fromtimestamp(at, UTC):%A, %-d %B %Y, %I:%M %p}" if at else ""
