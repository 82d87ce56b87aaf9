"""Success stories."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "stories",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("outcome_id", Id, nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("lede", sa.String(length=200), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_policy", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("published_at", Moment, nullable=True),
        sa.Column("published_by", Id, nullable=True),
        sa.Column("taken_down_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_stories_outcome_id_outcomes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_stories_published_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_stories_outcome_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stories_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_stories_slug")),
    )
    op.create_index("ix_stories_published", "stories", ["published_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("stories")
