"""Feeds about people and their jobs."""

from pipelines.feeds.model import Column, Feed, Kind

EMPLOYMENT_CLASSES = ("full_time", "part_time", "per_diem", "temporary", "unknown")
SEPARATION_TYPES = ("voluntary", "involuntary", "other", "unknown")


def _employee(name: str = "employee_id", *, required: bool = True, description: str = "") -> Column:
    return Column(
        name,
        Kind.TEXT,
        required=required,
        is_person=True,
        references="employees.employee_id",
        description=description or "The employee the record is about.",
    )


_JOB_CODE = Column("job_code", Kind.TEXT, references="job_tiers.job_code", description="The job held.")
_SITE_ID = Column("site_id", Kind.TEXT, references="sites.site_id", description="The site worked at.")
_MANAGER_ID = _employee("manager_id", required=False, description="Employee id of the manager.")
_EMPLOYMENT_CLASS = Column(
    "employment_class", Kind.ENUM, values=EMPLOYMENT_CLASSES, description="Unknown until stated."
)
_FTE = Column("fte", Kind.NUMBER, low=0, high=2, description="Share of a full-time post.")
_HOURLY_RATE = Column("hourly_rate", Kind.MONEY, low=0, description="Pay in dollars an hour; restricted.")
_SEPARATION_TYPE = Column(
    "separation_type", Kind.ENUM, values=SEPARATION_TYPES, description="Blank on a termination = unknown."
)
_REASON = Column(
    "reason", Kind.TEXT, description="Why, as the HR system writes it; restricted.",
    references="separation_reasons.reason",
)  # fmt: skip
_FULL_NAME = Column("full_name", Kind.TEXT, required=True, description="Name of the person; restricted.")
_WORK_EMAIL = Column("work_email", Kind.TEXT, description="Work address; restricted.")

HR: tuple[Feed, ...] = (
    Feed(
        "employees",
        "hr",
        (
            Column("employee_id", Kind.TEXT, required=True, is_person=True, description="The employee's id."),
            _FULL_NAME,
            _WORK_EMAIL,
        ),
        key=("employee_id",),
        is_required=True,
        description="Everyone who has a job history.",
    ),
    Feed(
        "job_history",
        "hr",
        (
            _employee(),
            Column("effective_on", Kind.DATE, required=True, description="For a termination the last day worked."),
            Column(
                "sequence",
                Kind.INTEGER,
                description="Order within the day; numbered in file order from 0 when absent.",
            ),
            Column(
                "event",
                Kind.ENUM,
                required=True,
                values=("hire", "rehire", "job_change", "leave_start", "leave_end", "termination"),
                description="What happened.",
            ),
            _JOB_CODE,
            _SITE_ID,
            _MANAGER_ID,
            _EMPLOYMENT_CLASS,
            _FTE,
            _HOURLY_RATE,
            _SEPARATION_TYPE,
            _REASON,
        ),
        key=("employee_id", "effective_on", "sequence"),
        date_column="effective_on",
        is_required=True,
        description="What happened to whom and when: hires, changes, leaves, terminations.",
    ),
    Feed(
        "roster",
        "hr",
        (
            _employee(),
            Column(
                "as_of_on", Kind.DATE, required=True, description="Day of the list: a column, or in the file's name."
            ),
            Column("full_name", Kind.TEXT, description="Name of the person; restricted."),
            _WORK_EMAIL,
            Column("hired_on", Kind.DATE, description="First day of the present employment."),
            Column("terminated_on", Kind.DATE, description="Last day worked.", empty_means="still employed"),
            _SEPARATION_TYPE,
            _REASON,
            _JOB_CODE,
            _SITE_ID,
            _MANAGER_ID,
            _EMPLOYMENT_CLASS,
            _FTE,
            _HOURLY_RATE,
        ),
        key=("employee_id", "as_of_on"),
        date_column="as_of_on",
        description="A daily or weekly list of who is employed, for those who have no event history.",
    ),
    Feed(
        "exit_interviews",
        "hr",
        (
            _employee(),
            Column("interviewed_on", Kind.DATE, required=True, description="Day of the interview."),
            Column("primary_reason", Kind.TEXT, required=True, description="The main reason stated."),
            Column("growth_visibility", Kind.NUMBER, low=1, high=5, description="How visible growth was, 1 to 5."),
            Column("would_return", Kind.BOOLEAN, description="Whether the person would come back."),
            Column("comments", Kind.TEXT, description="In their words; restricted."),
        ),
        key=("employee_id", "interviewed_on"),
        date_column="interviewed_on",
        description="What leavers said.",
    ),
    Feed(
        "evaluations",
        "hr",
        (
            Column("evaluation_id", Kind.TEXT, description="The source's own id."),
            _employee(),
            Column("evaluated_on", Kind.DATE, required=True, description="Day of the evaluation."),
            Column(
                "competency_id",
                Kind.TEXT,
                required=True,
                references="competencies.competency_id",
                description="What was evaluated.",
            ),
            Column("score", Kind.NUMBER, required=True, low=1, high=5, description="1 to 5."),
            _employee("evaluator_id", required=False, description="Employee id of who evaluated."),
        ),
        key=("evaluation_id",),
        natural_key=("employee_id", "evaluated_on", "competency_id", "evaluator_id"),
        date_column="evaluated_on",
        description="Scores given to people by competency.",
    ),
    Feed(
        "competencies",
        "hr",
        (
            Column("competency_id", Kind.TEXT, required=True, description="Id of the competency."),
            Column("name", Kind.TEXT, required=True, description="Its name."),
            Column(
                "tier",
                Kind.TEXT,
                references="tiers.tier",
                description="The tier for which it is a KPI or a checklist item.",
            ),
            Column(
                "is_checklist_item",
                Kind.BOOLEAN,
                description="Whether it is an item of a checklist; blank = no.",
                empty_means="a KPI",
            ),
        ),
        key=("competency_id",),
        description="What people are evaluated on.",
    ),
    Feed(
        "mentorships",
        "hr",
        (
            Column("mentorship_id", Kind.TEXT, description="The source's own id."),
            _employee("mentor_id", description="Employee id of the mentor."),
            _employee("mentee_id", description="Employee id of the person mentored."),
            Column("started_on", Kind.DATE, required=True, description="First day."),
            Column("ended_on", Kind.DATE, description="First day out; null = still open.", empty_means="still open"),
        ),
        key=("mentorship_id",),
        natural_key=("mentor_id", "mentee_id", "started_on"),
        date_column="started_on",
        description="Who mentors whom.",
    ),
    Feed(
        "pathway_enrollments",
        "hr",
        (
            Column("enrollment_id", Kind.TEXT, description="The source's own id."),
            _employee(),
            Column("pathway", Kind.TEXT, required=True, description="tech_to_manager, rotation, clinical_floater, ..."),
            Column("started_on", Kind.DATE, required=True, description="First day."),
            Column("ended_on", Kind.DATE, description="First day out; null = still open.", empty_means="still open"),
            Column("outcome", Kind.ENUM, values=("completed", "withdrawn"), description="How it ended."),
        ),
        key=("enrollment_id",),
        natural_key=("employee_id", "pathway", "started_on"),
        date_column="started_on",
        description="Enrolments in career pathways.",
    ),
    Feed(
        "rewards",
        "hr",
        (
            Column("reward_id", Kind.TEXT, description="The source's own id."),
            _employee(),
            Column("granted_on", Kind.DATE, required=True, description="Day it was granted."),
            Column(
                "kind",
                Kind.ENUM,
                required=True,
                values=("bonus", "tuition", "conference", "paid_ce"),
                description="What was granted.",
            ),
            Column("amount", Kind.MONEY, required=True, low=0, description="Dollars; restricted."),
        ),
        key=("reward_id",),
        natural_key=("employee_id", "granted_on", "kind"),
        date_column="granted_on",
        description="Bonuses, tuition, conferences, paid continuing education.",
    ),
    Feed(
        "openings",
        "hr",
        (
            Column("opening_id", Kind.TEXT, required=True, description="Id of the opening."),
            Column("site_id", Kind.TEXT, required=True, references="sites.site_id", description="Where the post is."),
            Column(
                "job_code", Kind.TEXT, required=True, references="job_tiers.job_code", description="The job offered."
            ),
            Column("opened_on", Kind.DATE, required=True, description="Day it was opened."),
            Column(
                "filled_on", Kind.DATE, description="Day it was filled; null = still open.", empty_means="still open"
            ),
            Column(
                "fill_source", Kind.ENUM, values=("internal", "external", "agency"), description="Filled from where."
            ),
            _employee("filled_by", required=False, description="Employee id of who got it."),
            Column("cost", Kind.MONEY, low=0, description="Dollars spent on filling it."),
        ),
        key=("opening_id",),
        date_column="opened_on",
        description="Posts that were open.",
    ),
)
