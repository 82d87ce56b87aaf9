"""Confirmed addresses, links that work once and recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, type_ in (
        ("pending_totp_secret", sa.String(length=64)),
        ("pending_totp_until", Moment),
        ("confirmed_at", Moment),
        ("name_fixed_at", Moment),
        ("codes_required_at", Moment),
    ):
        op.add_column("users", sa.Column(name, type_, nullable=True))
    # Until now every account was made by an operator, who knew the address; names of lawyers were checked as they are.
    op.execute("UPDATE users SET confirmed_at = created_at")
    op.execute(
        "UPDATE users SET name_fixed_at = created_at "
        "WHERE id IN (SELECT user_id FROM lawyers WHERE state <> 'declined')"
    )
    op.execute(
        "UPDATE users SET codes_required_at = created_at "
        "WHERE id IN (SELECT user_id FROM lawyers WHERE verified_at IS NOT NULL)"
    )
    op.add_column("sign_ins", sa.Column("device", sa.String(length=40), server_default="", nullable=False))
    op.create_table(
        "one_time_links",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index(op.f("ix_one_time_links_user_id"), "one_time_links", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("one_time_links")
    op.drop_column("sign_ins", "device")
    for name in ("codes_required_at", "name_fixed_at", "confirmed_at", "pending_totp_until", "pending_totp_secret"):
        op.drop_column("users", name)
