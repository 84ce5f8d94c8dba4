"""Pulls records from a system's HTTP interface, page by page, into files and then into deliveries.

Belongs here: how an interface is described (`spec`), asked (`client`), turned over (`paging`), judged (`verdicts`),
kept (`pull`) and mapped to a feed (`mapping`). Not here: what has landed, Dagster, or the meaning of a feed.
"""
