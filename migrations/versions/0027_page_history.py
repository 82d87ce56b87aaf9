"""What a page said before, and what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_versions",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.Column("is_material", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("told_at", Moment, nullable=True),
        sa.Column("withdraw_until", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_versions_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_case_versions_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_versions")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_case_versions_case_id_n")),
    )
    with op.batch_alter_table("cases") as cases:  # SQLite adds no foreign key to a table that is there
        cases.add_column(sa.Column("change_of_id", Id, nullable=True))
        cases.create_foreign_key(op.f("fk_cases_change_of_id_cases"), "cases", ["change_of_id"], ["id"])
        cases.create_index(op.f("ix_cases_change_of_id"), ["change_of_id"], unique=False)
        cases.add_column(sa.Column("change_base", sa.Integer(), server_default="0", nullable=False))
        cases.add_column(sa.Column("change_note", sa.String(length=600), server_default="", nullable=False))
        cases.add_column(sa.Column("change_marked", sa.Boolean(), server_default=sa.false(), nullable=False))
        cases.add_column(sa.Column("changed_at", Moment, nullable=True))
        cases.add_column(sa.Column("withdraw_until", Moment, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.drop_index(op.f("ix_cases_change_of_id"))
        cases.drop_constraint(op.f("fk_cases_change_of_id_cases"), type_="foreignkey")
        for name in ("withdraw_until", "changed_at", "change_marked", "change_note", "change_base", "change_of_id"):
            cases.drop_column(name)
    op.drop_table("case_versions")
