"""Checklists, second reviewers, appeals, suspension and takedown with reasons, reports, and ways into the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("case_reviews") as reviews:
        reviews.add_column(sa.Column("checks", sa.String(length=200), server_default="", nullable=False))
        reviews.add_column(sa.Column("case_version", sa.Integer(), nullable=True))
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("suspended_for", sa.String(length=60), server_default="", nullable=False))
        cases.add_column(sa.Column("suspended_because", sa.String(length=20), server_default="", nullable=False))
        cases.add_column(sa.Column("suspended_line", sa.String(length=600), server_default="", nullable=False))
        cases.add_column(sa.Column("taken_down_at", Moment, nullable=True))
        cases.add_column(sa.Column("taken_down_because", sa.String(length=20), server_default="", nullable=False))
    # What was suspended before there were causes was so by staff.
    op.execute(
        "UPDATE cases SET suspended_for = 'staff', suspended_because = 'other' "
        "WHERE suspended_at IS NOT NULL AND suspended_for = ''"
    )
    op.create_table(
        "case_appeals",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_appeals_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_case_appeals_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_appeals")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_appeals_case_id")),
    )
    op.create_table(
        "reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("lawyer_id", Id, nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("concern", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("taken_by", Id, nullable=True),
        sa.Column("taken_at", Moment, nullable=True),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reports_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lawyer_id"], ["lawyers.id"], name=op.f("fk_reports_lawyer_id_lawyers")),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_reports_taken_by_users")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_reports_closed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reports_public_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_reports_form_key")),
    )
    op.create_index("ix_reports_state", "reports", ["state", "id"], unique=False)
    op.create_index(op.f("ix_reports_case_id"), "reports", ["case_id"], unique=False)
    op.create_table(
        "staff_notes",
        sa.Column("id", Id, nullable=False),
        sa.Column("report_id", Id, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_staff_notes_report_id_reports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_staff_notes_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
    )
    op.create_index(op.f("ix_staff_notes_report_id"), "staff_notes", ["report_id"], unique=False)
    # The log is narrowed by what was done, by whom, and when.
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"], unique=False)
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "id"], unique=False)


def downgrade() -> None:
    for name in ("at", "actor", "action"):
        op.drop_index(f"ix_audit_entries_{name}", table_name="audit_entries")
    op.drop_table("staff_notes")
    op.drop_table("reports")
    op.drop_table("case_appeals")
    with op.batch_alter_table("cases") as cases:
        for name in ("taken_down_because", "taken_down_at", "suspended_line", "suspended_because", "suspended_for"):
            cases.drop_column(name)
    with op.batch_alter_table("case_reviews") as reviews:
        reviews.drop_column("case_version")
        reviews.drop_column("checks")
