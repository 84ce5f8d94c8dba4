"""Who is at the dashboard: the person that Streamlit's sign-in vouches for, or whoever sits at this machine.

Without `access.yml` there is no sign-in, and only a server that answers nobody but its own machine shows anything.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.access import ROLES, Access, AccessError, Scope, Viewer, read_access

ACCESS_FILE = "RXLADDER_ACCESS"  # environment variable; `rxladder dashboard` sets it, empty for no sign-in
DEFAULT_FILE = Path("config/access.yml")
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class NoEntryError(Exception):
    """This visitor sees no figure; the message says why and what would help."""


class SignInError(NoEntryError):
    """Nobody has signed in, or too long ago: a button helps."""


def access_file() -> Path | None:
    """The file that says who sees what, when sign-in is configured."""
    named = os.environ.get(ACCESS_FILE)
    if named is not None:
        return Path(named) if named else None
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _access(file: str, changed_at_ns: int) -> Access:
    return read_access(Path(file))


def viewer() -> Viewer:
    """Whoever looks at this page now; looked up anew each time, so that a line taken out of the file counts at once.

    Raises:
        NoEntryError: they may see nothing.
    """
    file = access_file()
    if file is None:
        if st.get_option("server.address") not in THIS_MACHINE:
            raise NoEntryError("Nobody can sign in here: this dashboard shows figures only to the machine it runs on.")
        return Viewer("this computer", ROLES["hr"], state="not signed in: this computer only")
    try:
        access = _access(str(file), file.stat().st_mtime_ns)
    except (AccessError, OSError):
        raise NoEntryError(
            "The file that says who sees what has a fault, so nobody sees anything. Whoever runs this dashboard finds the"
            " line with `rxladder dashboard`."
        ) from None
    return viewer_of(access, st.user.to_dict())


def viewer_of(access: Access, claims: Mapping[str, Any]) -> Viewer:
    """The viewer whom an identity token's claims name.

    Raises:
        NoEntryError: nobody, or one without a role.
    """
    if not claims.get("is_logged_in"):
        raise SignInError("Sign in to see the figures that are yours to see.")
    issued_at = claims.get("iat")
    if not isinstance(issued_at, int | float) or time.time() - issued_at > access.sign_in_hours * 3600:
        raise SignInError(f"A sign-in holds for {access.sign_in_hours} hours. Please sign in again.")
    name = claims.get(access.claim)
    if not isinstance(name, str) or not name:
        raise NoEntryError(f"Your sign-in does not say who you are: it carries no claim `{access.claim}`.")
    if access.claim == "email" and claims.get("email_verified") is False:
        raise NoEntryError("Your sign-in's e-mail address is not verified. Have it verified, then sign in again.")
    groups = claims.get(access.groups_claim)
    listed = [str(group) for group in groups] if isinstance(groups, list) else []
    granted = access.grant(name, listed)
    if granted is None:
        raise NoEntryError(
            f"You are signed in as {name}, and no role is given to you here, so no figure is shown. Ask whoever runs this"
            " dashboard for one."
        )
    role, scope = ROLES[granted[0]], granted[1]
    return Viewer(name, role, scope, f"signed in as {name}, {_reach(role.title, scope)}")


def _reach(title: str, scope: Scope) -> str:
    return title if scope.is_everybody else f"{title} ({scope})"
