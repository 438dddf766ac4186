"""Lists of medicines, and the alerts about them that somebody set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "medicine_lists",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_hash", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_medicine_lists"),
    )
    op.create_index("ix_medicine_lists_owner", "medicine_lists", ["owner_hash", "updated_at", "id"])
    op.create_table(
        "dismissals",
        sa.Column("list_id", sa.Text, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["medicine_lists.id"], name="fk_dismissals_medicine_lists"),
        sa.PrimaryKeyConstraint("list_id", "alert", name="pk_dismissals"),
    )
