"""The database: encounters and their event logs, in an encrypted SQLite file or in PostgreSQL.

A reply is shown only after its events are committed, and a commit survives `kill -9` and loss of power.
SQLAlchemy, Alembic and the drivers are imported by `open_store`, not by this module.
"""

from suwen.store.open import DATABASE, open_store
from suwen.store.store import EncounterRow, LogCheck, Snapshot, Store

__all__ = ["DATABASE", "EncounterRow", "LogCheck", "Snapshot", "Store", "open_store"]
