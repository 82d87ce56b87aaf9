"""Registers of lawyers as they were imported, and badges that rest, wait again and run out."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
WORDS = {
    "suspended_because": 20,
    "pending_because": 20,
    "register_status": 20,
    "register_source": 120,
    "flag": 20,
}
MOMENTS = ("suspended_at", "pending_since", "renewal_at", "frozen_since", "flagged_at")


def upgrade() -> None:
    op.create_table(
        "register_snapshots",
        sa.Column("id", Id, nullable=False),
        sa.Column("regulator", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("imported_by", Id, nullable=True),
        sa.Column("imported_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["imported_by"], ["users.id"], name=op.f("fk_register_snapshots_imported_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_snapshots")),
    )
    op.create_index("ix_register_snapshots_latest", "register_snapshots", ["regulator", "id"], unique=False)
    op.create_table(
        "register_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("snapshot_id", Id, nullable=False),
        sa.Column("regulator", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("firm", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["register_snapshots.id"],
            name=op.f("fk_register_entries_snapshot_id_register_snapshots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("regulator", "number", name=op.f("uq_register_entries_regulator_number")),
    )
    with op.batch_alter_table("lawyers") as lawyers:
        for name in MOMENTS:
            lawyers.add_column(sa.Column(name, Moment, nullable=True))
        for name, length in WORDS.items():
            lawyers.add_column(sa.Column(name, sa.String(length=length), server_default="", nullable=False))
        lawyers.add_column(sa.Column("suspension_reason", sa.Text(), server_default="", nullable=False))
        lawyers.add_column(sa.Column("register_on", sa.Date(), nullable=True))
        lawyers.add_column(sa.Column("register_snapshot_id", Id, nullable=True))
        lawyers.create_foreign_key(
            op.f("fk_lawyers_register_snapshot_id_register_snapshots"),
            "register_snapshots",
            ["register_snapshot_id"],
            ["id"],
        )
    with op.batch_alter_table("application_drafts") as drafts:
        drafts.add_column(sa.Column("shown_name", sa.String(length=120), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("application_drafts") as drafts:
        drafts.drop_column("shown_name")
    with op.batch_alter_table("lawyers") as lawyers:
        lawyers.drop_constraint(op.f("fk_lawyers_register_snapshot_id_register_snapshots"), type_="foreignkey")
        for name in ("register_snapshot_id", "register_on", "suspension_reason", *reversed(WORDS), *MOMENTS):
            lawyers.drop_column(name)
    op.drop_table("register_entries")
    op.drop_index("ix_register_snapshots_latest", table_name="register_snapshots")
    op.drop_table("register_snapshots")
