"""Draws pages of the dashboard without a browser, as a person who has signed in or as whoever sits at the machine."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboards import sources
from dashboards.app_pages import PAGES

ADDRESSES = [path for entries in PAGES.values() for path, _, _ in entries]
DEFINITION = ("**marts.", "**core.", "**quality.", "**main.")  # how those of the file's own comments begin


@dataclass
class Drawn:
    """What a page shows: words, how many tables and figures, its downloads by name, figures and choices by label."""

    words: str
    sentences: str
    shown: int
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    figures: dict[str, str] = field(default_factory=dict[str, str])
    choices: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def said(self) -> str:
        """Its words and those of its downloads."""
        return "\n".join([self.words, *(made.decode("utf-8-sig", "replace") for made in self.files.values())])


def _page(path: str) -> None:
    import streamlit as st

    from dashboards import signin, sources
    from dashboards.menu import menu

    try:
        offers = menu(signin.viewer().role)
    except signin.NoEntryError as refused:
        st.info(str(refused))
    else:
        st.session_state[sources.PAGE] = path
        next(offer for offered in offers.values() for offer in offered if offer.path == path).run()


class Dashboard:
    """The pages on a data folder; without an access file everybody is whoever sits at this machine."""

    def __init__(self, data: Path, patch: pytest.MonkeyPatch, access: Path | None = None) -> None:
        self._patch = patch
        patch.setenv("RXLADDER_DATA", str(data))
        patch.setenv("RXLADDER_ACCESS", "" if access is None else str(access))
        sources.forget()
        st.cache_resource.clear()
        gc.collect()
        gc.freeze()  # Streamlit collects garbage after every page, and the tests' process holds much that is none

    def draw(self, path: str, viewer: str | None = None, /, *, downloads: bool = True, **parameters: str) -> Drawn:
        """A page at an address with these parameters, as a viewer who has signed in, and what its downloads hold."""
        files: dict[str, bytes] = {}
        makes: list[tuple[str, Any]] = []

        def download(label: str, content: Any, file_name: str, *_: object, **__: object) -> None:
            makes.append((file_name, content))

        app = AppTest.from_function(_page, args=(path,), default_timeout=120)
        if viewer:
            app.user = {"is_logged_in": True, "email": viewer, "iat": time.time()}
            app.user |= {"groups": ["rx-hr"]} if viewer.startswith("hr") else {}
        for name, value in parameters.items():
            app.query_params[name] = value
        with self._patch.context() as patched:
            patched.setattr(st, "download_button", download)
            patched.setattr(st, "get_option", lambda key: "localhost" if key == "server.address" else None)
            # It reads the description of every installed package, at every run, for components that no page has.
            patched.setattr(manifest_scanner, "scan_component_manifests", list)
            app.run()
        assert not app.exception, f"{path} {parameters}: {app.exception[0].message}"
        for file_name, content in makes if downloads else []:  # after the page, as Streamlit makes them
            made = content() if callable(content) else content
            files[file_name] = made if isinstance(made, bytes) else str(made).encode()
        tables = [frame.value for frame in app.dataframe]
        choices = {box.label: list(box.options) for box in app.selectbox}
        words = [
            str(block.value) for kind in ("title", "header", "markdown", "caption", "info") for block in app.get(kind)
        ]
        html = [str(block.proto) for block in (*app.get("html"), *app.get("vega_lite_chart"))]
        written = [frame.to_csv() for frame in tables]
        sentences = [word for word in words if not word.startswith(DEFINITION)]
        return Drawn(
            "\n".join([*words, *(option for options in choices.values() for option in options), *written, *html]),
            "\n".join(sentences),
            len(tables) + len(app.metric),
            files,
            {metric.label: metric.value for metric in app.metric},
            choices,
        )
