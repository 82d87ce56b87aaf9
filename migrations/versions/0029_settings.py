"""Settings that staff change, with their history; and single updates that were taken down."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "setting_changes",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("old_value", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_setting_changes_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
    )
    op.create_index("ix_setting_changes_name", "setting_changes", ["name", "id"], unique=False)
    op.create_table(
        "setting_answers",
        sa.Column("id", Id, nullable=False),
        sa.Column("change_id", Id, nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint("answer <> 'confirmed' OR by_id <> proposed_by", name=op.f("ck_setting_answers_second")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["setting_changes.id"], name=op.f("fk_setting_answers_change_id_setting_changes")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_setting_answers_proposed_by_users")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_setting_answers_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_answers")),
        sa.UniqueConstraint("change_id", name=op.f("uq_setting_answers_change_id")),
    )

    op.add_column("updates", sa.Column("taken_down_at", Moment, nullable=True))
    op.add_column("updates", sa.Column("taken_down_because", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("updates", "taken_down_because")
    op.drop_column("updates", "taken_down_at")
    op.drop_table("setting_answers")
    op.drop_index("ix_setting_changes_name", table_name="setting_changes")
    op.drop_table("setting_changes")
