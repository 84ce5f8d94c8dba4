"""The one expectation all rules are judged by, and the metric it rests on.

The expectations that come with the library cost 5 ms of Python apiece, run sample queries of their own that pull
offending values into results, and know no regular expressions on DuckDB. This one hands an SQL aggregate to
the library's bundling: all rules of a table become one query, and the answer can be nothing but counts.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.id_dict import IDDict
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.core.result_format import ResultFormat
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render.components import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

ROW_COUNT = "table.row_count"
VIOLATIONS = "rows.violations"


class RowsViolations(TableMetricProvider):
    """How many rows break a rule: an SQL aggregate over the batch, bundled with the others of the suite."""

    metric_name = VIOLATIONS
    value_keys = ("violations",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        return sa.literal_column(metric_value_kwargs["violations"]), metric_domain_kwargs, {}


class ExpectNoViolations(BatchExpectation):
    """Expect that an SQL aggregate that counts offending rows comes to zero.

    `column` only says under which heading the Data Docs show it.
    """

    violations: str
    claim: str
    column: str | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = (ROW_COUNT, VIOLATIONS)
    success_keys: ClassVar[tuple[str, ...]] = ("violations",)

    def get_validation_dependencies(
        self,
        execution_engine: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        """Name the two metrics outright; the inherited way to the same answer costs half of a validation."""
        domain = {"batch_id": self.batch_id, "table": None, "row_condition": None, "condition_parser": None}
        values = {ROW_COUNT: {}, VIOLATIONS: {"violations": self.violations}}
        return ValidationDependencies(
            metric_configurations={
                name: MetricConfiguration(name, IDDict(domain), IDDict(values[name])) for name in values
            },
            result_format={"result_format": ResultFormat.BASIC.value},
        )

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        unexpected, rows = int(metrics[VIOLATIONS]), int(metrics[ROW_COUNT])
        result = {
            "unexpected_count": unexpected,
            "element_count": rows,
            "unexpected_percent": 100 * unexpected / rows if rows else 0.0,
        }
        return {"success": unexpected == 0, "result": result}

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[RenderedStringTemplateContent]:
        assert configuration is not None
        params = {"claim": configuration.kwargs["claim"], "severity": configuration.severity}
        template = {"template": "$claim ($severity)", "params": params}
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=template)]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> str:
        counts = result.result if result is not None else {}
        if "unexpected_count" not in counts:
            return "--"
        return f"{counts['unexpected_count']:,} of {counts['element_count']:,} rows"
