"""Row-level rights, in one place: a viewer's own catalog, whose tables are the published ones without others' rows.

The questions name tables as `marts.turnover_by_month`, never by database. For a viewer with a scope that name is a view in
a catalog of their own, so that a question cannot return rows of others, whatever a page or an address asks for:

- a table with employee_key: its rows of people who are in the scope today;
- a table by site: the scope's sites; nothing in a reporting line, which is not a site;
- definitions (OPEN): all; every other table is there and empty, so that a new one shows nothing until it is thought about.
"""

from collections.abc import Iterator

import duckdb

from dashboards.access import Scope

OPEN = frozenset(
    f"core.{name}"
    for name in (
        "dim_ce_rules", "dim_certification_rules", "dim_competencies", "dim_courses", "dim_credential_types",
        "dim_exam_blueprints", "dim_exams", "dim_months", "dim_skills", "dim_tier_paths", "dim_tier_requirements",
        "dim_tiers",
    )
) | {"quality.release", "quality.freshness"}  # fmt: skip

IN_LINE = """
    with recursive below as (
        select employee_key from rx.core.dim_employees where manager_key = $manager_key and is_active
        union
        select e.employee_key from rx.core.dim_employees as e join below on e.manager_key = below.employee_key
        where e.is_active
    )
    select employee_key from below where employee_key <> $manager_key
"""


def make_catalog(connection: duckdb.DuckDBPyConnection, name: str, scope: Scope, manager_key: str | None) -> None:
    """Make a catalog in which only a scope's rows are to be seen, of the release that is attached as rx.

    manager_key: whose reporting line it is, in a scope by manager; None when the directory does not know them.
    """
    connection.execute(f"attach ':memory:' as {name}")
    if scope.manager:
        connection.execute(f"create table {name}.main.people as {IN_LINE}", {"manager_key": manager_key or ""})
        own_sites = (
            f"(select distinct site_id from rx.core.dim_employees semi join {name}.main.people using (employee_key))"
        )
    else:
        connection.execute(
            f"create table {name}.main.people as select employee_key from rx.core.dim_employees"
            " where is_active and site_id in (select unnest($sites))",
            {"sites": list(scope.site_ids)},
        )
        own_sites = "(select unnest($sites))"
    connection.execute(
        f"create table {name}.main.sites as from {own_sites} as own(site_id)",
        {} if scope.manager else {"sites": list(scope.site_ids)},
    )
    for statement in _macros(connection, name):
        connection.execute(statement)
    tables = connection.execute(
        """
        select schema_name, table_name, bool_or(column_name = 'employee_key'), bool_or(column_name = 'site_id')
        from duckdb_columns() where database_name = 'rx' group by all
        """
    ).fetchall()
    for schema in sorted({schema for schema, *_ in tables}):
        connection.execute(f"create schema if not exists {name}.{schema}")
    for schema, table, by_person, by_site in tables:
        kept = _condition(f"{schema}.{table}", name, scope, by_person=by_person, by_site=by_site)
        connection.execute(f"create view {name}.{schema}.{table} as select * from rx.{schema}.{table} where {kept}")


def make_summary_catalog(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """The same for the suppressed aggregates, attached as rx: of a table on the lattice only what is said of the whole.

    Whoever knows the exact figures of some sites could subtract them from those of a region, which is not suppressed
    against that.
    """
    connection.execute(f"attach ':memory:' as {name}")
    for statement in _macros(connection, name):
        connection.execute(statement)
    tables = connection.execute(
        """
        select table_name, bool_or(column_name = 'level')
        from duckdb_columns() where database_name = 'rx' and schema_name = 'main' group by all
        """
    ).fetchall()
    for table, is_on_lattice in tables:
        kept = "level = 'all'" if is_on_lattice else "true"
        connection.execute(f"create view {name}.main.{table} as select * from rx.main.{table} where {kept}")


def _condition(table: str, name: str, scope: Scope, *, by_person: bool, by_site: bool) -> str:
    if by_person:
        return f"employee_key in (select employee_key from {name}.main.people)"
    if by_site and (table == "core.dim_sites" or not scope.manager):
        return f"site_id in (select site_id from {name}.main.sites)"
    return "true" if table in OPEN else "false"


def _macros(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
    """The release's own formulas, under the same names."""
    found = connection.execute(
        """
        select function_name, array_to_string(parameters, ', '), macro_definition from duckdb_functions()
        where database_name = 'rx' and function_type = 'macro'
        """
    ).fetchall()
    return (f"create macro {name}.main.{macro}({names}) as {body}" for macro, names, body in found)
