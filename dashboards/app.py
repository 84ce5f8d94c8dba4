"""The entry point: who is looking, which pages are theirs, and the one that is asked for. `streamlit run dashboards/app.py`."""

import gc
import logging
import threading

import duckdb
import streamlit as st

from dashboards import brief, signin, sources
from dashboards.app_pages import PAGES
from dashboards.menu import menu

# On paper: the page without what only a screen is for, and nothing that hangs together cut in two.
ON_PAPER = """<style>@media print {
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stDownloadButton"], [data-testid="stPopover"],
[data-testid="stExpander"] { display: none !important; }
[data-testid="stVegaLiteChart"], [data-testid="stPlotlyChart"], [data-testid="stDataFrame"], [data-testid="stMetric"],
[data-testid="stSlider"],
[data-testid="stVerticalBlock"] [data-testid="stVerticalBlock"]:has([data-testid="stVegaLiteChart"], [data-testid="stPlotlyChart"], [data-testid="stDataFrame"]) { break-inside: avoid; }
[data-testid="stMainBlockContainer"] { padding-block: 0 !important; }
h2, h3 { break-after: avoid; }
}</style>"""
LOG = logging.getLogger("rxladder.dashboard")
CANNOT_SHOW = (
    "This cannot be shown now: a published file cannot be opened, or the view of names cannot be noted in the log."
    " Whoever runs this dashboard finds the reason in its server's log."
)


def main() -> None:
    """Draw the page that is asked for, or why there is none."""
    st.set_page_config(page_title="RxLadder", layout="wide")
    try:
        viewer = signin.viewer()
    except signin.NoEntryError as refused:
        _close(str(refused), can_sign_in=isinstance(refused, signin.SignInError))
        return
    offered = menu(viewer.role)
    first = next(offer.path for offers in offered.values() for offer in offers if offer.is_open)
    chosen = st.navigation(
        {
            section: [
                st.Page(
                    offer.run, title=offer.title, url_path=offer.path, default=offer.path == first,
                    visibility="visible" if offer.is_open else "hidden",
                )
                for offer in offers
            ]
            for section, offers in offered.items()
        },
        expanded=True,
    )  # fmt: skip
    st.session_state[sources.PAGE] = chosen.url_path or first
    if signin.access_file() is not None:
        st.sidebar.button("Sign out", on_click=st.logout, icon=":material/logout:", type="tertiary")
    try:
        sources.current_release_id()
    except sources.NoReleaseError as nothing:
        _say(str(nothing))
        return
    try:
        st.html(ON_PAPER)
        chosen.run()
        _settle()
    except (OSError, duckdb.IOException):
        LOG.exception("page %s", chosen.url_path)
        st.error(CANNOT_SHOW, icon=":material/error:")


@st.cache_resource(show_spinner=False)
def _settle() -> None:
    """Once, after the first page: take what has been loaded out of the collection of garbage, and prepare for a brief.

    Streamlit collects after every run of a page, and to look through all that its libraries hold costs as much as a page.
    """
    gc.collect()
    gc.freeze()
    threading.Thread(target=brief.warm_up, daemon=True).start()


def _close(words: str, *, can_sign_in: bool) -> None:
    """Every address leads here for a visitor without a role."""
    paths = [(path, title) for entries in PAGES.values() for path, title, _ in entries]
    st.navigation(
        [
            st.Page(lambda: None, title=title, url_path=path, default=place == 0, visibility="hidden")
            for place, (path, title) in enumerate(paths)
        ],
        position="hidden",
    )
    _say(words)
    if signin.access_file() is None:
        return
    if can_sign_in:
        st.button("Sign in", on_click=st.login, type="primary", icon=":material/login:")
    else:
        st.button("Sign out", on_click=st.logout, icon=":material/logout:")


def _say(words: str) -> None:
    st.title("RxLadder", anchor=False)
    st.info(words, icon=":material/info:")


main()
