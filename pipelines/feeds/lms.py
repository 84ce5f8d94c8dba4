"""Feeds about courses and training."""

from pipelines.feeds.model import Column, Feed, Kind

_EMPLOYEE = Column(
    "employee_id",
    Kind.TEXT,
    required=True,
    is_person=True,
    references="employees.employee_id",
    description="The employee the record is about.",
)
_COURSE = Column("course_id", Kind.TEXT, required=True, references="courses.course_id", description="The course.")

LMS: tuple[Feed, ...] = (
    Feed(
        "courses",
        "lms",
        (
            Column("course_id", Kind.TEXT, required=True, description="Id of the course."),
            Column("title", Kind.TEXT, required=True, description="Its title."),
            Column(
                "category",
                Kind.ENUM,
                required=True,
                values=(
                    "certification_prep",
                    "clinical",
                    "management",
                    "cross_training",
                    "continuing_education",
                    "compliance",
                ),
                description="What it is for.",
            ),
            Column("skill_id", Kind.TEXT, references="skills.skill_id", description="The skill it gives."),
            Column("duration_hours", Kind.NUMBER, low=0, description="Hours it takes."),
            Column("seat_cost", Kind.MONEY, low=0, description="Dollars a completion."),
        ),
        key=("course_id",),
        description="The course catalogue.",
    ),
    Feed(
        "assignments",
        "lms",
        (
            Column("assignment_id", Kind.TEXT, description="The source's own id."),
            _EMPLOYEE,
            _COURSE,
            Column("assigned_on", Kind.DATE, required=True, description="Day it was assigned."),
            Column(
                "due_on",
                Kind.DATE,
                description="Last day in time; null = no due date.",
                empty_means="there is no due date",
            ),
            Column("is_required", Kind.BOOLEAN, description="Blank = required.", empty_means="required"),
            Column(
                "waived_on", Kind.DATE, description="Day it was waived; null = not waived.", empty_means="not waived"
            ),
        ),
        key=("assignment_id",),
        natural_key=("employee_id", "course_id", "assigned_on"),
        date_column="assigned_on",
        description="Courses assigned to people.",
    ),
    Feed(
        "completions",
        "lms",
        (
            Column("completion_id", Kind.TEXT, description="The source's own id."),
            _EMPLOYEE,
            _COURSE,
            Column("completed_on", Kind.DATE, required=True, description="Day it was completed."),
            Column("score", Kind.NUMBER, description="Score on the course's own scale."),
            Column("passed", Kind.BOOLEAN, description="Blank counts as passed.", empty_means="passed"),
            Column("hours", Kind.NUMBER, low=0, description="Hours it took."),
        ),
        key=("completion_id",),
        natural_key=("employee_id", "course_id", "completed_on"),
        date_column="completed_on",
        description="Courses completed, passed or not.",
    ),
)
