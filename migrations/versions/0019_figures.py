"""The site's figures."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

# Plain types only: a migration must mean the same when the models have changed.
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "site_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("as_of", Moment, nullable=False),
        sa.Column("cases_funded", sa.Integer(), nullable=False),
        sa.Column("backers", sa.Integer(), nullable=False),
        sa.Column("raised", sa.JSON(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("ended_met", sa.Integer(), nullable=False),
        sa.Column("median_days", sa.Integer(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_figures")),
    )


def downgrade() -> None:
    op.drop_table("site_figures")
