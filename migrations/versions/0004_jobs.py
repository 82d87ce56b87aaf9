"""The outbox of work."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("uniq", sa.String(length=120), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("run_at", Moment, nullable=False),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", Moment, nullable=True),
        sa.Column("dead_at", Moment, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("uniq", name=op.f("uq_jobs_uniq")),
    )
    op.create_index(
        "ix_jobs_open",
        "jobs",
        ["run_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("jobs")
