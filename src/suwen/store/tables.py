"""The tables as they are at `HEAD`; `migrations/` is how a database gets there."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

HEAD = "0002"
"""The newest revision in `migrations/versions`; a test holds the two together."""

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(referred_table_name)s"}
)

encounters = Table(
    "encounters",
    metadata,
    Column("id", Text, nullable=False),
    Column("owner_hash", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("title", Text),
    Column("state", Text, nullable=False),
    Column("triage", Text),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("ix_encounters_owner", "owner_hash", "created_at", "id"),
)

events = Table(
    "events",
    metadata,
    Column("encounter_id", Text, ForeignKey("encounters.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("encounter_id", "seq"),
)
"""`body` is canonical JSON, byte for byte what was hashed."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("encounter_id", Text, ForeignKey("encounters.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("seq_from", Integer, nullable=False),
    Column("seq_to", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    PrimaryKeyConstraint("encounter_id", "key"),
)

medicine_lists = Table(
    "medicine_lists",
    metadata,
    Column("id", Text, nullable=False),
    Column("owner_hash", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("ix_medicine_lists_owner", "owner_hash", "updated_at", "id"),
)
"""`body` is JSON: the medicines as written, the patient, the language."""

dismissals = Table(
    "dismissals",
    metadata,
    Column("list_id", Text, ForeignKey("medicine_lists.id"), nullable=False),
    Column("alert", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", Text, nullable=False),
    PrimaryKeyConstraint("list_id", "alert"),
)
