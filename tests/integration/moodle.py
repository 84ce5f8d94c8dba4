"""Moodle's documented web services, as far as courses, completions and grades go, on a local server."""

from __future__ import annotations

from typing import Any

from tests.integration.interface import Asked, Reply

TOKEN = "planted-moodle-token-of-the-tests"


def refused(code: str) -> Reply:
    """An error, as Moodle says it: with status 200."""
    return Reply({"exception": "moodle_exception", "errorcode": code, "message": f"said of Jane Doe: {code}"})


class Moodle:
    """Users and courses by number; who is enrolled; completions (unix seconds) and points by user and course."""

    def __init__(self) -> None:
        self.users: dict[int, dict[str, Any]] = {}
        self.courses: dict[int, dict[str, Any]] = {1: {"id": 1, "fullname": "The site", "categoryid": 0}}
        self.enrolled: dict[int, list[int]] = {}
        self.done: dict[tuple[int, int], int] = {}
        self.visited: dict[tuple[int, int], int] = {}
        self.points: dict[tuple[int, int], float] = {}
        self.without_criteria: set[int] = set()

    def course(self, number: int, title: str, category: int = 1) -> None:
        self.courses[number] = {"id": number, "fullname": title, "categoryid": category}
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
        user, course = int(form.get("userid", 0)), int(form.get("courseid", 0))
        match form["wsfunction"]:
            case "core_course_get_courses":
                return Reply(list(self.courses.values()))
            case "core_enrol_get_enrolled_users":
                options = {form[f"options[{n}][name]"]: form[f"options[{n}][value]"] for n in range(3)}
                start, size = int(options["limitfrom"]), int(options["limitnumber"])
                assert options["sortby"] == "id"
                listed = sorted(self.enrolled[course])[start : start + size]
                return Reply([self.users[one] for one in listed])
            case "core_enrol_get_users_courses":
                if user not in self.users:
                    return refused("invaliduser")
                return Reply(
                    [
                        {
                            "id": number,
                            "completed": (user, number) in self.done,
                            "lastaccess": self.visited.get((user, number), 0),
                        }
                        for number, users in self.enrolled.items()
                        if user in users
                    ]
                )
            case "core_completion_get_course_completion_status":
                if course in self.without_criteria:
                    return refused("nocriteriaset")
                at = self.done[user, course]
                criteria = [{"type": 4, "complete": True, "timecompleted": at - 60}]
                criteria += [{"type": 6, "complete": True, "timecompleted": at}, {"type": 8, "timecompleted": None}]
                return Reply({"completionstatus": {"completed": True, "aggregation": 1, "completions": criteria}})
            case "gradereport_user_get_grade_items":
                return Reply(
                    {"usergrades": [self._grades(one, course) for one in self.enrolled[course]], "warnings": []}
                )
        return refused("invalidrecordunknown")

    def _grades(self, user: int, course: int) -> dict[str, Any]:
        points = self.points.get((user, course))
        items = [
            {"itemtype": "mod", "graderaw": 1, "grademax": 10},
            {"itemtype": "course", "graderaw": points, "grademax": 20},
        ]
        return {"courseid": course, "userid": user, "gradeitems": items}
