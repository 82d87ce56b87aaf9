"""Links to what we hold about an address without an account, and finding the letters to one."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "privacy_links",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_privacy_links_token_hash")),
    )
    op.create_index("ix_privacy_links_email", "privacy_links", ["email"], unique=False)
    op.create_index("ix_letters_to", "letters", ["to_address"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_letters_to", table_name="letters")
    op.drop_table("privacy_links")
