"""Who sees what: the roles, and `access.yml`, which gives them to people. Whoever it does not name sees nothing.

Every fault of the file is named with its line and cure; a file with a fault gives nobody anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RoleName = Literal["executive", "site_manager", "people_manager", "hr", "analyst"]

LINE_PAGES = ("people", "employee")  # those that rest on rows of people alone: rates are kept by site
SITE_PAGES = ("overview", *LINE_PAGES, "readiness", "turnover", "training", "certification", "monthly_brief")
ANALYST_PAGES = (*SITE_PAGES, "ladder", "mentoring", "roi", "data_health")
WHOLE = "whole"  # the address of the page on the suppressed aggregates


class AccessError(Exception):
    """`access.yml`, or what it names, cannot be used; one line a fault."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a role opens: addresses of pages, rows of people, names, exit interviews."""

    title: str
    pages: tuple[str, ...]
    sees_rows: bool = True
    sees_names: bool = False
    sees_exits: bool = False


ROLES: dict[RoleName, Role] = {
    "executive": Role("executive", (WHOLE,), sees_rows=False),
    "site_manager": Role("site manager", (*SITE_PAGES, WHOLE), sees_names=True),
    "people_manager": Role("people manager", (*LINE_PAGES, WHOLE), sees_names=True),
    "analyst": Role("analyst", (*ANALYST_PAGES, WHOLE)),
    "hr": Role("HR", (*ANALYST_PAGES, "exit_interviews", WHOLE), sees_names=True, sees_exits=True),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: of these sites, or of the people below a manager; neither means everybody's."""

    site_ids: tuple[str, ...] = ()
    manager: str = ""  # work e-mail or employee id, as the directory has it

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is kept back."""
        return not self.site_ids and not self.manager

    def __str__(self) -> str:
        if self.manager:
            return "reporting line"
        return f"sites {', '.join(self.site_ids)}" if self.site_ids else "all"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody at the dashboard; `name` is how the log calls them, `state` how the pages do."""

    name: str
    role: Role
    scope: Scope = Scope()
    state: str = ""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Grant(_Strict):
    role: RoleName
    sites: tuple[Text, ...] = ()
    employee_id: Text | None = None  # of a people manager whose sign-in is not their work e-mail

    @model_validator(mode="after")
    def _fits_its_role(self) -> Self:
        if self.role == "site_manager" and not self.sites:
            raise ValueError("a site manager needs sites: add `sites: [...]`")
        if self.role != "site_manager" and self.sites:
            raise ValueError(f"sites go with site_manager only: take them out, or change the role {self.role}")
        if self.role != "people_manager" and self.employee_id:
            raise ValueError("employee_id goes with people_manager only: take it out")
        return self


class _Person(_Grant):
    person: Text


class _Group(_Grant):
    group: Text

    @model_validator(mode="after")
    def _is_nobodys_own(self) -> Self:
        if self.employee_id:
            raise ValueError("a group has no employee_id: list the manager under people")
        return self


class Access(_Strict):
    """What `access.yml` may hold."""

    secrets: Path  # Streamlit's own secrets file with its [auth] section
    claim: Text = "email"  # the claim that tells people apart
    groups_claim: Text = "groups"
    sign_in_hours: Annotated[int, Field(ge=1, le=720)] = 12  # after which a person signs in anew
    people: tuple[_Person, ...] = ()
    groups: tuple[_Group, ...] = ()

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        for kind, names in (
            ("person", [one.person for one in self.people]),
            ("group", [one.group for one in self.groups]),
        ):
            folded = [name.casefold() for name in names]
            twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
            if twice:
                raise ValueError(f"{kind} {twice[0]} is listed twice: keep one")
        return self

    def grant(self, name: str, groups: Sequence[str]) -> tuple[RoleName, Scope] | None:
        """The role and scope of a person; their own line goes before the first line of a group of theirs."""
        own: Iterator[_Grant] = (one for one in self.people if one.person.casefold() == name.casefold())
        found = next(own, None) or next((one for one in self.groups if one.group in groups), None)
        if found is None:
            return None
        manager = (found.employee_id or name) if found.role == "people_manager" else ""
        return found.role, Scope(tuple(sorted(set(found.sites))), manager)


def read_access(file: Path) -> Access:
    """Return what a file says.

    Raises:
        AccessError: it cannot be used; the message names file, line and cure of every fault.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content: Any = yaml.safe_load(text) or {}
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AccessError(f"{file}, line {line}: not valid YAML: {error.problem}; see to the indentation") from None
    try:
        found = Access.model_validate(content)
    except ValidationError as error:
        faults = [
            f"{file}, line {_line(tree, fault['loc'])}: {_place(fault['loc'])}: {_cure(fault['type'], fault['msg'])}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise AccessError("\n".join(faults)) from None
    return found.model_copy(update={"secrets": (file.parent / found.secrets).resolve()})


def _line(node: Any, place: Sequence[Any]) -> int:
    line: int = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break  # a key that is missing
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _place(place: Sequence[Any]) -> str:
    return ".".join(str(part) for part in place) or "top level"


def _cure(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no such key: correct its name or take it out"
    if kind == "missing":
        return "this key is missing: add it"
    return message.removeprefix("Value error, ")
