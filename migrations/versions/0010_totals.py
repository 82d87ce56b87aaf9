"""What pledges add up to, by case and by day."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pledge_deltas",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("backers", sa.Integer(), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("collections", sa.Integer(), nullable=False),
        sa.Column("failing", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pledge_deltas_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_deltas")),
    )
    op.create_index(op.f("ix_pledge_deltas_case_id"), "pledge_deltas", ["case_id"], unique=False)
    op.create_table(
        "case_totals",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("backers", sa.Integer(), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("collections", sa.Integer(), nullable=False),
        sa.Column("failing", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_totals_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_totals")),
    )
    op.create_table(
        "case_days",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("backers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_days_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "day", name=op.f("pk_case_days")),
    )


def downgrade() -> None:
    op.drop_table("case_days")
    op.drop_table("case_totals")
    op.drop_table("pledge_deltas")
