"""The seven areas of law, in both languages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# Plain types only: a migration must mean the same when the models have changed.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

AREAS = [
    (
        "government",
        "Government & civil liberties",
        "دولت و آزادی‌های مدنی",
        "Challenges to public decisions, protest and privacy",
        "به چالش کشیدن تصمیم‌های دولتی، تجمع اعتراضی و حریم خصوصی",
        "landmark",
        "columns",
    ),
    (
        "employment",
        "Employment & discrimination",
        "استخدام و تبعیض",
        "Equal pay, whistleblowing and unfair treatment at work",
        "دستمزد برابر، افشاگری و رفتار ناعادلانه در محل کار",
        "briefcase-business",
        "kitchen",
    ),
    (
        "immigration",
        "Immigration",
        "مهاجرت",
        "Family reunion, asylum and the right to stay",
        "پیوستن به خانواده، پناهندگی و حق ماندن",
        "plane-landing",
        "arch",
    ),
    (
        "human-rights",
        "Human rights & equality",
        "حقوق بشر و برابری",
        "Access, dignity and freedom from discrimination",
        "دسترسی، کرامت و زندگی بدون تبعیض",
        "scale",
        "rings",
    ),
    (
        "criminal-justice",
        "Criminal justice",
        "عدالت کیفری",
        "Appeals, inquests and fair trials",
        "تجدیدنظر، رسیدگی به علت مرگ و دادرسی عادلانه",
        "gavel",
        "bars",
    ),
    (
        "environment",
        "Environment",
        "محیط زیست",
        "Rivers, air, wildlife and planning",
        "رودها، هوا، حیات‌وحش و شهرسازی",
        "leaf",
        "river",
    ),
    (
        "other",
        "Other",
        "سایر",
        "Everything else that a court can put right",
        "هر چیز دیگری که دادگاه می‌تواند درست کند",
        "scroll-text",
        "steps",
    ),
]


def upgrade() -> None:
    areas = op.create_table(
        "areas",
        sa.Column("id", Id, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_fa", sa.String(length=80), nullable=False),
        sa.Column("blurb_en", sa.String(length=160), nullable=False),
        sa.Column("blurb_fa", sa.String(length=160), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("art", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("slug", name=op.f("uq_areas_slug")),
    )
    columns = ("slug", "name_en", "name_fa", "blurb_en", "blurb_fa", "icon", "art")
    rows = [dict(zip(columns, area, strict=True), position=n) for n, area in enumerate(AREAS, 1)]
    op.bulk_insert(areas, rows)


def downgrade() -> None:
    op.drop_table("areas")
