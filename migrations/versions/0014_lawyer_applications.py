"""Stored files, and applications of lawyers with the decisions on them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("deleted_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_files_public_id")),
    )
    with op.batch_alter_table("lawyers") as lawyers:
        lawyers.add_column(sa.Column("register_name", sa.String(length=120), server_default="", nullable=False))
        lawyers.add_column(sa.Column("evidence_id", Id, nullable=True))
        lawyers.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        lawyers.add_column(sa.Column("decided_at", Moment, nullable=True))
        lawyers.add_column(sa.Column("decline_reason", sa.Text(), server_default="", nullable=False))
        lawyers.create_foreign_key(op.f("fk_lawyers_evidence_id_stored_files"), "stored_files", ["evidence_id"], ["id"])
    op.execute("UPDATE lawyers SET decided_at = verified_at")
    op.create_table(
        "lawyer_decisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("lawyer_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_by", Id, nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_lawyer_decisions_decided_by_users")),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["lawyers.id"], name=op.f("fk_lawyer_decisions_lawyer_id_lawyers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawyer_decisions")),
    )
    op.create_index(op.f("ix_lawyer_decisions_lawyer_id"), "lawyer_decisions", ["lawyer_id"], unique=False)
    op.create_table(
        "application_drafts",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("profession", sa.String(length=20), nullable=False),
        sa.Column("regulator", sa.String(length=20), nullable=False),
        sa.Column("regulator_name", sa.String(length=80), nullable=False),
        sa.Column("registration_number", sa.String(length=40), nullable=False),
        sa.Column("register_name", sa.String(length=120), nullable=False),
        sa.Column("firm", sa.String(length=120), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("evidence_id", Id, nullable=True),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["stored_files.id"], name=op.f("fk_application_drafts_evidence_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_drafts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_drafts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_application_drafts_user_id")),
    )


def downgrade() -> None:
    op.drop_table("application_drafts")
    op.drop_table("lawyer_decisions")
    with op.batch_alter_table("lawyers") as lawyers:
        lawyers.drop_constraint(op.f("fk_lawyers_evidence_id_stored_files"), type_="foreignkey")
        for name in ("decline_reason", "decided_at", "version", "evidence_id", "register_name"):
            lawyers.drop_column(name)
    op.drop_table("stored_files")
