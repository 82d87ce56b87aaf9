"""What the search looks through. Its index and triggers are laid after every migration."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("story_id", Id, nullable=True),
        sa.Column("lawyer_id", Id, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_search_documents_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["lawyers.id"], name=op.f("fk_search_documents_lawyer_id_lawyers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_search_documents_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("case_id", name=op.f("uq_search_documents_case_id")),
        sa.UniqueConstraint("lawyer_id", name=op.f("uq_search_documents_lawyer_id")),
        sa.UniqueConstraint("story_id", name=op.f("uq_search_documents_story_id")),
    )
    notes = op.create_table(
        "search_notes",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("of_id", Id, autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "of_id", "mark", name=op.f("pk_search_notes")),
    )
    op.create_table(
        "search_words",
        sa.Column("id", Id, nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
        sa.UniqueConstraint("word", name=op.f("uq_search_words_word")),
    )
    op.create_table(
        "search_grams",
        sa.Column("gram", sa.String(length=3), nullable=False),
        sa.Column("word_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["word_id"], ["search_words.id"], name=op.f("fk_search_grams_word_id_search_words"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gram", "word_id", name=op.f("pk_search_grams")),
    )
    op.create_index(op.f("ix_search_grams_word_id"), "search_grams", ["word_id"], unique=False)
    op.create_index("ix_cases_newest", "cases", ["visibility", "opened_at", "id"], unique=False)
    op.create_index("ix_cases_ending", "cases", ["visibility", "deadline_at", "id"], unique=False)
    op.create_index("ix_cases_in_turn", "cases", ["visibility", "public_id"], unique=False)
    # What was there before is written by the worker, as if it had changed just now.
    for kind, table in (("case", "cases"), ("story", "stories"), ("lawyer", "lawyers")):
        rows = sa.select(sa.literal(kind), sa.column("id"), sa.literal(0)).select_from(sa.table(table))
        op.get_bind().execute(notes.insert().from_select(["kind", "of_id", "mark"], rows))


def downgrade() -> None:
    op.drop_index("ix_cases_in_turn", table_name="cases")
    op.drop_index("ix_cases_ending", table_name="cases")
    op.drop_index("ix_cases_newest", table_name="cases")
    op.drop_table("search_grams")
    op.drop_table("search_words")
    op.drop_table("search_notes")
    op.drop_table("search_documents")
