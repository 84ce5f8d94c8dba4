"""Dagster: the sync as assets, checks, a job and a schedule. Calls the rooms below; moves no data itself."""
