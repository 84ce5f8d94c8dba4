"""Moves data from source systems to a published warehouse; computes no metric (dbt_project does)."""
