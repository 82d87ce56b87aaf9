"""Comments on single parts of a page, why one was turned down, and the consent of clients."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("case_reviews") as reviews:
        reviews.add_column(sa.Column("code", sa.String(length=20), server_default="", nullable=False))
    # What was turned down before there were codes was told in words.
    op.execute("UPDATE case_reviews SET code = 'other' WHERE decision = 'decline'")
    op.create_table(
        "review_comments",
        sa.Column("id", Id, nullable=False),
        sa.Column("review_id", Id, nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["case_reviews.id"],
            name=op.f("fk_review_comments_review_id_case_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
        sa.UniqueConstraint("review_id", "field", name=op.f("uq_review_comments_review_id_field")),
    )
    op.create_table(
        "client_consents",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_lang", sa.String(length=5), nullable=False),
        sa.Column("wording_version", sa.String(length=10), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_client_consents_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_consents")),
        sa.UniqueConstraint("seed", name=op.f("uq_client_consents_seed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_client_consents_token_hash")),
    )
    op.create_index(op.f("ix_client_consents_case_id"), "client_consents", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("client_consents")
    op.drop_table("review_comments")
    with op.batch_alter_table("case_reviews") as reviews:
        reviews.drop_column("code")
