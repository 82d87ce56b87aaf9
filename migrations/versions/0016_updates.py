"""Updates, outcomes, who wants no letters about them, and why a case ended early."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("cases", sa.Column("ended_early_at", Moment, nullable=True))
    op.add_column("cases", sa.Column("ended_early_by", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("ended_early_because", sa.String(length=600), nullable=False, server_default=""))
    op.create_table(
        "updates",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("legal_stage", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_policy", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("posted_at", Moment, nullable=True),
        sa.Column("corrected_at", Moment, nullable=True),
        sa.CheckConstraint("(n IS NULL) = (posted_at IS NULL)", name=op.f("ck_updates_numbered_when_posted")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_updates_case_id_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_updates_case_id_n")),
        sa.UniqueConstraint("public_id", name=op.f("uq_updates_public_id")),
    )
    op.create_table(
        "update_versions",
        sa.Column("id", Id, nullable=False),
        sa.Column("update_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_policy", sa.Integer(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("replaced_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["update_id"], ["updates.id"], name=op.f("fk_update_versions_update_id_updates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_versions")),
        sa.UniqueConstraint("update_id", "version", name=op.f("uq_update_versions_update_id_version")),
    )
    op.create_table(
        "update_optouts",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_update_optouts_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_optouts")),
        sa.UniqueConstraint("case_id", "email", name=op.f("uq_update_optouts_case_id_email")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("update_id", Id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("court", sa.String(length=120), nullable=False),
        sa.Column("citation", sa.String(length=80), nullable=False),
        sa.Column("quote", sa.String(length=600), nullable=False),
        sa.Column("effect", sa.String(length=600), nullable=False),
        sa.Column("document_id", Id, nullable=True),
        sa.Column("tells_story", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outcomes_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["stored_files.id"], name=op.f("fk_outcomes_document_id_stored_files")
        ),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_outcomes_update_id_updates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("case_id", name=op.f("uq_outcomes_case_id")),
        sa.UniqueConstraint("update_id", name=op.f("uq_outcomes_update_id")),
    )
    op.create_index("ix_outcomes_decided", "outcomes", ["decided_on", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("outcomes")
    op.drop_table("update_optouts")
    op.drop_table("update_versions")
    op.drop_table("updates")
    op.drop_column("cases", "ended_early_because")
    op.drop_column("cases", "ended_early_by")
    op.drop_column("cases", "ended_early_at")
