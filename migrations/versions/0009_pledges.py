"""Pledges, their hosted pages and their charge attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pledges",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("tip_minor", sa.BigInteger(), nullable=False),
        sa.Column("tip_currency", sa.String(length=3), nullable=False),
        sa.Column("shown", sa.String(length=20), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consent_hash", sa.String(length=64), nullable=False),
        sa.Column("terms_version", sa.String(length=20), nullable=False),
        sa.Column("consented_at", Moment, nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=True),
        sa.Column("payment_method", sa.String(length=80), nullable=True),
        sa.Column("card_brand", sa.String(length=20), nullable=True),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("card_expires", sa.String(length=7), nullable=True),
        sa.Column("intent_id", sa.String(length=80), nullable=True),
        sa.Column("last_code", sa.String(length=60), nullable=True),
        sa.Column("first_failed_at", Moment, nullable=True),
        sa.Column("next_at", Moment, nullable=True),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("pledged_at", Moment, nullable=True),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("collected_at", Moment, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledges_amount_positive")),
        sa.CheckConstraint("tip_minor >= 0", name=op.f("ck_pledges_tip_not_negative")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pledges_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pledges_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
        sa.UniqueConstraint("form_key", name=op.f("uq_pledges_form_key")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_pledges_intent_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pledges_public_id")),
    )
    op.create_index("ix_pledges_case", "pledges", ["case_id", "id"], unique=False)
    op.create_index("ix_pledges_email", "pledges", ["email"], unique=False)
    op.create_index("ix_pledges_next", "pledges", ["state", "next_at", "id"], unique=False)
    op.create_index(op.f("ix_pledges_user_id"), "pledges", ["user_id"], unique=False)
    op.create_table(
        "checkout_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("pledge_id", Id, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=120), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("tip_minor", sa.BigInteger(), nullable=False),
        sa.Column("tip_currency", sa.String(length=3), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=True),
        sa.Column("read_next_at", Moment, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.id"], name=op.f("fk_checkout_sessions_pledge_id_pledges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_sessions")),
        sa.UniqueConstraint("pledge_id", "n", name=op.f("uq_checkout_sessions_pledge_id_n")),
        sa.UniqueConstraint("session_id", name=op.f("uq_checkout_sessions_session_id")),
    )
    op.create_index(
        "uq_checkout_sessions_one_open",
        "checkout_sessions",
        ["pledge_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('opening', 'open')"),
        postgresql_where=sa.text("state IN ('opening', 'open')"),
    )
    op.create_table(
        "charge_attempts",
        sa.Column("id", Id, nullable=False),
        sa.Column("pledge_id", Id, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("payment_method", sa.String(length=80), nullable=False),
        sa.Column("off_session", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.id"], name=op.f("fk_charge_attempts_pledge_id_pledges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_attempts")),
        sa.UniqueConstraint("pledge_id", "n", name=op.f("uq_charge_attempts_pledge_id_n")),
    )
    op.create_index(
        "uq_charge_attempts_one_open",
        "charge_attempts",
        ["pledge_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("charge_attempts")
    op.drop_table("checkout_sessions")
    op.drop_table("pledges")
