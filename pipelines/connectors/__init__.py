"""One system a file: finds or fetches what a system delivers, and yields raw deliveries.

Belongs here: how a system is reached and what a delivery of it consists of. Does not belong here: Dagster,
types, checks, or anything that reads the rows (`pipelines.landing` does).
"""
