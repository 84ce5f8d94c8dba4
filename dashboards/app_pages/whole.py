"""Is the ladder working in the whole organisation? Aggregates that may circulate, for those without rows of their own."""

import streamlit as st

from dashboards import components


def page() -> None:
    """The page."""
    st.title("Is the ladder working in the whole organisation?", anchor=False)
    components.empty(
        "No summary has been published.",
        "This page shows only aggregates in which nobody can be recognised (summary.duckdb), and this release has none. "
        "Nothing else is shown in its place.",
    )
