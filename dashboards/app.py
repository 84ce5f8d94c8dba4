"""The entry point: names the pages and runs the one that is asked for. `streamlit run dashboards/app.py`."""

import streamlit as st

from dashboards import sources
from dashboards.app_pages import PAGES

st.set_page_config(page_title="RxLadder", layout="wide")

chosen = st.navigation(
    {
        section: [st.Page(run, title=title, url_path=path, default=path == "overview") for path, title, run in pages]
        for section, pages in PAGES.items()
    }
)
try:
    sources.current_release_id()
except sources.NoReleaseError as nothing:
    st.title("RxLadder", anchor=False)
    st.info(str(nothing), icon=":material/info:")
else:
    chosen.run()
