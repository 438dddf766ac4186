"""Encounters, their events, and the idempotency keys that wrote them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "encounters",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_hash", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("triage", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.Column("head_seq", sa.Integer, nullable=False),
        sa.Column("head_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encounters"),
    )
    op.create_index("ix_encounters_owner", "encounters", ["owner_hash", "created_at", "id"])
    op.create_table(
        "events",
        sa.Column("encounter_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name="fk_events_encounters"),
        sa.PrimaryKeyConstraint("encounter_id", "seq", name="pk_events"),
    )
    op.create_table(
        "idempotency",
        sa.Column("encounter_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("seq_from", sa.Integer, nullable=False),
        sa.Column("seq_to", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name="fk_idempotency_encounters"),
        sa.PrimaryKeyConstraint("encounter_id", "key", name="pk_idempotency"),
    )
