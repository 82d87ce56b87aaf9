"""Documents, pictures and the video of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def _shelf(name: str, *columns: sa.Column[object]) -> None:
    """A table of things that were put on a case's page."""
    op.create_table(
        name,
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("file_id", Id, nullable=False),
        *columns,
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", Id, nullable=True),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("removed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{name}_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f(f"fk_{name}_file_id_stored_files")),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f(f"fk_{name}_added_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(f"ix_{name}_case", name, ["case_id", "id"], unique=False)


def upgrade() -> None:
    _shelf(
        "case_documents",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
    )
    _shelf(
        "case_pictures",
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "picture_variants",
        sa.Column("id", Id, nullable=False),
        sa.Column("picture_id", Id, nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["case_pictures.id"],
            name=op.f("fk_picture_variants_picture_id_case_pictures"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_picture_variants_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_variants")),
        sa.UniqueConstraint("picture_id", "width", name=op.f("uq_picture_variants_picture_id_width")),
    )
    op.add_column("cases", sa.Column("has_files", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cases", sa.Column("video", sa.String(length=30), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("cases", "video")
    op.drop_column("cases", "has_files")
    op.drop_table("picture_variants")
    for name in ("case_pictures", "case_documents"):
        op.drop_index(f"ix_{name}_case", table_name=name)
        op.drop_table(name)
