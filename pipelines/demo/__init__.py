"""The demo organisation: believable exports of a made-up pharmacy operator, with the truth beside them.

Belongs here: the simulation, its feeds as files or Arrow tables, the dirt that real exports hold, and what was
planted. Does not belong here: reading any of it, or computing a metric from it.
"""

from pipelines.demo.demo import DemoSummary, demo_tables, write_demo
from pipelines.demo.parameters import DEFAULT_END_ON, Scenario
from pipelines.demo.simulation import Simulation, simulate
from pipelines.demo.truth import truth

__all__ = [
    "DEFAULT_END_ON",
    "DemoSummary",
    "Scenario",
    "Simulation",
    "demo_tables",
    "simulate",
    "truth",
    "write_demo",
]
