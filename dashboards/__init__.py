"""Shows what a release says; computes no metric and writes nothing.

app.py routes; app_pages holds one page a file; questions holds the SQL that a page asks, over the published files only;
components, charts and wording are what pages share. Nothing here imports pipelines: the contract is the release.
"""
