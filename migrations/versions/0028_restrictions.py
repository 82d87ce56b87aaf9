"""Reporting restrictions: names that may not be told."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
SHELVES = ("case_documents", "case_pictures")


def upgrade() -> None:
    op.create_table(
        "restricted_names",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("spellings", sa.Text(), nullable=False),
        sa.Column("told_en", sa.String(length=60), nullable=False),
        sa.Column("told_fa", sa.String(length=60), nullable=False),
        sa.Column("order_ref", sa.String(length=120), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("lifted_at", Moment, nullable=True),
        sa.Column("lifted_by", Id, nullable=True),
        sa.Column("lifted_because", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_restricted_names_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_restricted_names_by_id_users")),
        sa.ForeignKeyConstraint(["lifted_by"], ["users.id"], name=op.f("fk_restricted_names_lifted_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_names")),
    )
    op.create_index("ix_restricted_names_case", "restricted_names", ["case_id", "id"], unique=False)
    op.add_column("cases", sa.Column("restricted_at", Moment, nullable=True))
    op.add_column("cases", sa.Column("restriction_changes", sa.Integer(), server_default="0", nullable=False))
    for name in SHELVES:
        op.add_column(name, sa.Column("cleared_at", Moment, nullable=True))
    op.add_column("outcomes", sa.Column("document_cleared_at", Moment, nullable=True))


def downgrade() -> None:
    op.drop_column("outcomes", "document_cleared_at")
    for name in SHELVES:
        op.drop_column(name, "cleared_at")
    op.drop_column("cases", "restriction_changes")
    op.drop_column("cases", "restricted_at")
    op.drop_index("ix_restricted_names_case", table_name="restricted_names")
    op.drop_table("restricted_names")
