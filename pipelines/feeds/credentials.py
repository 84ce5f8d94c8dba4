"""Feeds about certifications, exams and continuing education."""

from pipelines.feeds.model import Column, Feed, Kind

_EMPLOYEE = Column(
    "employee_id",
    Kind.TEXT,
    required=True,
    is_person=True,
    references="employees.employee_id",
    description="The employee the record is about.",
)


def _knowledge_area(name: str, title: str) -> Column:
    return Column(name, Kind.NUMBER, low=0, high=100, description=f"Percent correct in {title}, 0 to 100.")


CREDENTIALS: tuple[Feed, ...] = (
    Feed(
        "credentials",
        "credentials",
        (
            Column("credential_id", Kind.TEXT, description="The source's own id."),
            _EMPLOYEE,
            Column(
                "credential_code",
                Kind.TEXT,
                required=True,
                references="credential_types.credential_code",
                description="What was earned.",
            ),
            Column("issuer", Kind.TEXT, description="Who issued it."),
            Column("certification_number", Kind.TEXT, description="Its number; restricted."),
            Column("jurisdiction", Kind.TEXT, description="State or country it holds in."),
            Column("issued_on", Kind.DATE, required=True, description="First day it holds."),
            Column(
                "expires_on",
                Kind.DATE,
                description="Last day it holds; null = no expiry.",
                empty_means="it never runs out",
            ),
            Column(
                "status",
                Kind.ENUM,
                values=("active", "pending", "expired", "revoked"),
                description="Blank = active.",
                empty_means="active",
            ),
            Column("status_on", Kind.DATE, description="Since when the status holds."),
            Column(
                "verification",
                Kind.ENUM,
                values=("primary_source", "self_reported"),
                description="Blank = self_reported.",
            ),
            Column("verified_on", Kind.DATE, description="Day it was verified."),
        ),
        key=("credential_id",),
        natural_key=("employee_id", "credential_code", "issued_on"),
        date_column="issued_on",
        description="One row a cycle: a renewal is a new row. A state registration is a credential too.",
    ),
    Feed(
        "exam_attempts",
        "credentials",
        (
            Column("attempt_id", Kind.TEXT, description="The source's own id."),
            _EMPLOYEE,
            Column("exam_code", Kind.TEXT, required=True, description="The exam."),
            Column("is_practice", Kind.BOOLEAN, required=True, description="Whether it was a practice exam."),
            Column("taken_on", Kind.DATE, required=True, description="Day it was taken."),
            Column("score", Kind.NUMBER, description="Score on the exam's own scale."),
            Column(
                "passed",
                Kind.BOOLEAN,
                description="Whether it was passed.",
                empty_means="the score decides, or nothing does",
            ),
            _knowledge_area("medications", "medications"),
            _knowledge_area("federal_requirements", "federal requirements"),
            _knowledge_area("patient_safety", "patient safety"),
            _knowledge_area("order_entry", "order entry"),
        ),
        key=("attempt_id",),
        natural_key=("employee_id", "exam_code", "taken_on"),
        date_column="taken_on",
        description="Certification exams and practice exams taken.",
    ),
    Feed(
        "ce_credits",
        "credentials",
        (
            Column("ce_id", Kind.TEXT, description="The source's own id."),
            _EMPLOYEE,
            Column("earned_on", Kind.DATE, required=True, description="Day the credit was earned."),
            Column("hours", Kind.NUMBER, required=True, low=0, description="Hours, converted: 1 CEU = 10 h."),
            Column(
                "topic",
                Kind.TEXT,
                required=True,
                description="technician, pharmacist, law, patient_safety, sterile_compounding, immunization "
                "or another code of ce_rules.",
            ),
            Column(
                "audience",
                Kind.ENUM,
                values=("technician", "pharmacist"),
                description="For whom the hour was made; an ACPE number ends in -T or -P.",
            ),
            Column("is_accepted", Kind.BOOLEAN, description="Blank = accepted.", empty_means="accepted"),
            Column("provider", Kind.TEXT, description="Who gave it."),
            Column("title", Kind.TEXT, description="What it was called."),
        ),
        key=("ce_id",),
        natural_key=("employee_id", "earned_on", "provider", "title"),
        date_column="earned_on",
        description="Continuing-education credits earned.",
    ),
)
