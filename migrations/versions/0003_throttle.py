"""What limits are counted in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "throttle_hits",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle_hits")),
    )
    op.create_index("ix_throttle_hits_at", "throttle_hits", ["at"], unique=False)
    op.create_index("ix_throttle_hits_key", "throttle_hits", ["kind", "key_hash", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("throttle_hits")
