"""What a role is offered, and what stands at the addresses that it is not."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboards.access import Role
from dashboards.app_pages import PAGES


@dataclass(frozen=True, slots=True)
class Offer:
    """A page's address and title; `run` draws it, or says that it is not open to the role."""

    path: str
    title: str
    run: Callable[[], None]
    is_open: bool


def menu(role: Role) -> dict[str, list[Offer]]:
    """Every page, by section; one that is not open refuses, so that its address does not lead to another page."""
    return {
        section: [
            Offer(path, title, run if path in role.pages else _refusal(title, role), path in role.pages)
            for path, title, run in entries
        ]
        for section, entries in PAGES.items()
    }


def _refusal(title: str, role: Role) -> Callable[[], None]:
    def refuse() -> None:
        st.title(title, anchor=False)
        st.info(
            f"This page is not open to the role {role.title}. The menu shows those that are.", icon=":material/lock:"
        )

    return refuse
