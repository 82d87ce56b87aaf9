"""Invitations and passphrases of private cases, pages that change who sees them, go live later, or are tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("publish_at", Moment, nullable=True))
        cases.add_column(sa.Column("public_wanted_at", Moment, nullable=True))
        cases.add_column(sa.Column("passphrase_hash", sa.String(length=200), server_default="", nullable=False))
        cases.add_column(sa.Column("relaunch_of_id", Id, nullable=True))
        cases.create_foreign_key(op.f("fk_cases_relaunch_of_id_cases"), "cases", ["relaunch_of_id"], ["id"])
        cases.create_index(op.f("ix_cases_relaunch_of_id"), ["relaunch_of_id"], unique=False)
    with op.batch_alter_table("case_grants") as grants:
        grants.add_column(sa.Column("email", sa.String(length=254), server_default="", nullable=False))
        grants.add_column(sa.Column("lang", sa.String(length=5), server_default="", nullable=False))
        grants.add_column(sa.Column("expires_at", Moment, nullable=True))
        grants.add_column(sa.Column("opened_at", Moment, nullable=True))
    op.create_table(
        "tombstones",
        sa.Column("id", Id, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_tombstones_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("slug", name=op.f("uq_tombstones_slug")),
    )
    op.create_index(op.f("ix_tombstones_case_id"), "tombstones", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tombstones")
    with op.batch_alter_table("case_grants") as grants:
        for name in ("opened_at", "expires_at", "lang", "email"):
            grants.drop_column(name)
    with op.batch_alter_table("cases") as cases:
        cases.drop_index(op.f("ix_cases_relaunch_of_id"))
        cases.drop_constraint(op.f("fk_cases_relaunch_of_id_cases"), type_="foreignkey")
        for name in ("relaunch_of_id", "passphrase_hash", "public_wanted_at", "publish_at"):
            cases.drop_column(name)
