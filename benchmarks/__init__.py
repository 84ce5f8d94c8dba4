"""Whole-process measurements, printed as tables. Nothing here is asserted: times are for people to compare."""
