"""Cases, their budget, their reviews and the rights to see private ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("lawyer_id", Id, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("area_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("acting_for", sa.String(length=160), nullable=False),
        sa.Column("respondent", sa.String(length=160), nullable=False),
        sa.Column("court", sa.String(length=120), nullable=False),
        sa.Column("claim_number", sa.String(length=60), nullable=False),
        sa.Column("legal_stage", sa.String(length=20), nullable=False),
        sa.Column("cause_of_action", sa.String(length=200), nullable=False),
        sa.Column("relief_sought", sa.String(length=600), nullable=False),
        sa.Column("who_benefits", sa.String(length=300), nullable=False),
        sa.Column("story_markdown", sa.Text(), nullable=False),
        sa.Column("story_html", sa.Text(), nullable=False),
        sa.Column("story_policy", sa.Integer(), nullable=False),
        sa.Column("target_minor", sa.BigInteger(), nullable=True),
        sa.Column("target_currency", sa.String(length=3), nullable=True),
        sa.Column("deadline_at", Moment, nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("costs_risk", sa.String(length=10), nullable=False),
        sa.Column("costs_cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("costs_cap_currency", sa.String(length=3), nullable=True),
        sa.Column("costs_note", sa.String(length=600), nullable=False),
        sa.Column("steps_done", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("submitted_at", Moment, nullable=True),
        sa.Column("opened_at", Moment, nullable=True),
        sa.Column("funded_at", Moment, nullable=True),
        sa.Column("raising_ended_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("suspended_at", Moment, nullable=True),
        sa.CheckConstraint("target_minor IS NULL OR target_minor > 0", name=op.f("ck_cases_target_positive")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_cases_area_id_areas")),
        sa.ForeignKeyConstraint(["lawyer_id"], ["lawyers.id"], name=op.f("fk_cases_lawyer_id_lawyers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cases_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_cases_slug")),
    )
    op.create_index("ix_cases_lawyer", "cases", ["lawyer_id", "id"], unique=False)
    op.create_index("ix_cases_listed", "cases", ["visibility", "state", "opened_at", "id"], unique=False)
    op.create_index("ix_cases_state_deadline", "cases", ["state", "deadline_at", "id"], unique=False)
    op.create_table(
        "budget_lines",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.String(length=160), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_budget_lines_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_budget_lines_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_budget_lines_case_id_position")),
    )
    op.create_table(
        "case_reviews",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("reviewer_id", Id, nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_reviews_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_case_reviews_reviewer_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reviews")),
    )
    op.create_index(op.f("ix_case_reviews_case_id"), "case_reviews", ["case_id"], unique=False)
    op.create_table(
        "case_grants",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_grants_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_case_grants_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_grants")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_case_grants_token_hash")),
    )
    op.create_index(op.f("ix_case_grants_case_id"), "case_grants", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_grants")
    op.drop_table("case_reviews")
    op.drop_table("budget_lines")
    op.drop_table("cases")
