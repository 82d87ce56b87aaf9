"""More of a case's fields: whom it helps, insurance, prospects; and the stages for which it raises money."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("benefits_place", sa.String(length=160), server_default="", nullable=False))
        cases.add_column(sa.Column("benefits_number", sa.BigInteger(), nullable=True))
        cases.add_column(sa.Column("costs_insurance", sa.String(length=10), server_default="", nullable=False))
        cases.add_column(sa.Column("prospects", sa.String(length=10), server_default="", nullable=False))
        cases.add_column(sa.Column("prospects_note", sa.Text(), server_default="", nullable=False))
        cases.add_column(sa.Column("prospects_on", sa.Date(), nullable=True))
    op.create_table(
        "case_stages",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("amount_currency", sa.String(length=3), nullable=True),
        sa.CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name=op.f("ck_case_stages_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_stages_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stages")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_case_stages_case_id_position")),
    )
    op.create_table(
        "case_stage_changes",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("old_title", sa.String(length=120), nullable=False),
        sa.Column("old_reason", sa.String(length=300), nullable=False),
        sa.Column("old_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("old_amount_currency", sa.String(length=3), nullable=True),
        sa.Column("new_title", sa.String(length=120), nullable=False),
        sa.Column("new_reason", sa.String(length=300), nullable=False),
        sa.Column("new_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("new_amount_currency", sa.String(length=3), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_case_stage_changes_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_stage_changes_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stage_changes")),
    )
    op.create_index("ix_case_stage_changes_case", "case_stage_changes", ["case_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_stage_changes")
    op.drop_table("case_stages")
    for name in ("prospects_on", "prospects_note", "prospects", "costs_insurance", "benefits_number", "benefits_place"):
        op.drop_column("cases", name)
