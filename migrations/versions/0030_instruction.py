"""Proof of instruction, and of what was filed in court."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
_ON_CASES = (
    sa.Column("instruction_for", sa.String(length=200), server_default="", nullable=False),
    sa.Column("instruction_seen_at", Moment, nullable=True),
    sa.Column("filed_court", sa.String(length=120), server_default="", nullable=False),
    sa.Column("filed_number", sa.String(length=60), server_default="", nullable=False),
    sa.Column("filed_on", sa.Date(), nullable=True),
    sa.Column("filing_checked_at", Moment, nullable=True),
)


def upgrade() -> None:
    op.create_table(
        "case_instructions",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("signed_by", sa.String(length=160), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("stated_for", sa.String(length=200), nullable=False),
        sa.Column("file_id", Id, nullable=True),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("decided_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_instructions_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_case_instructions_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_instructions")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_instructions_case_id")),
    )
    op.create_table(
        "case_filings",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("court", sa.String(length=120), nullable=False),
        sa.Column("claim_number", sa.String(length=60), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_filings_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_case_filings_file_id_stored_files")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_case_filings_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_filings")),
    )
    op.create_index("ix_case_filings_case", "case_filings", ["case_id", "id"], unique=False)
    op.create_index("ix_case_filings_state", "case_filings", ["state", "id"], unique=False)
    for column in _ON_CASES:
        op.add_column("cases", column._copy())


def downgrade() -> None:
    for column in reversed(_ON_CASES):
        op.drop_column("cases", column.name)
    op.drop_index("ix_case_filings_state", table_name="case_filings")
    op.drop_index("ix_case_filings_case", table_name="case_filings")
    op.drop_table("case_filings")
    op.drop_table("case_instructions")
