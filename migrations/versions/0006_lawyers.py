"""Lawyers and what staff checked about them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lawyers",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("profession", sa.String(length=20), nullable=False),
        sa.Column("regulator", sa.String(length=80), nullable=False),
        sa.Column("registration_number", sa.String(length=40), nullable=False),
        sa.Column("firm", sa.String(length=120), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("portrait", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applied_at", Moment, nullable=False),
        sa.Column("verified_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lawyers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawyers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lawyers_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_lawyers_slug")),
        sa.UniqueConstraint("user_id", name=op.f("uq_lawyers_user_id")),
    )
    op.create_table(
        "lawyer_checks",
        sa.Column("id", Id, nullable=False),
        sa.Column("lawyer_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", Id, nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_lawyer_checks_checked_by_users")),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["lawyers.id"], name=op.f("fk_lawyer_checks_lawyer_id_lawyers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawyer_checks")),
        sa.UniqueConstraint("lawyer_id", "kind", "checked_by", name=op.f("uq_lawyer_checks_lawyer_id_kind_checked_by")),
    )
    op.create_index(op.f("ix_lawyer_checks_lawyer_id"), "lawyer_checks", ["lawyer_id"], unique=False)


def downgrade() -> None:
    op.drop_table("lawyer_checks")
    op.drop_table("lawyers")
