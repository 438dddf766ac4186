"""Every way Suwen can fail, one class a cause.

    SuwenError
    ├── InputError              what the user gave cannot be used: exit code 1, HTTP 422
    │   ├── ImpossibleValue     a number no living person has
    │   ├── ScriptError         a simulated patient contradicts itself or the knowledge
    │   └── SuiteError          a suite of rubrics is wrong: names file, item, value and remedy
    ├── KnowledgeError          a knowledge file is wrong: names file, value and remedy
    ├── ModelError              a language model did not answer, or not in a form that can be read
    ├── SettingsError           the configuration is wrong: names the setting
    └── StoreError              the database could not do it
        ├── NotFound            no such encounter for this owner
        ├── Conflict            somebody else wrote first
        ├── StoreLocked         another process holds the database
        ├── StoreFull           no space left
        ├── StoreUnavailable    the database cannot be reached
        └── LogBroken           a log does not match its hashes

Messages never contain a patient's words: the encounter's id stands for them.
"""

from __future__ import annotations


class SuwenError(Exception):
    """Base of all errors that Suwen raises on purpose; `details` are for the log and the problem document."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InputError(SuwenError):
    """What the user gave cannot be used; the message says what to do."""


class ImpossibleValue(InputError):
    """A number no living person has, such as a body temperature of 380 ℃."""


class KnowledgeError(SuwenError):
    """Knowledge that does not load; `problems` lists every fault, one line each."""

    def __init__(self, problems: list[str]) -> None:
        shown = "\n".join(problems[:50])
        more = f"\n… and {len(problems) - 50} more" if len(problems) > 50 else ""
        super().__init__(f"{len(problems)} fault(s) in the knowledge:\n{shown}{more}")
        self.problems = problems


class ScriptError(InputError):
    """A script that does not hold together; the message names the line or script, the fault and what to do."""


class SuiteError(InputError):
    """Rubrics that do not load; `problems` lists every fault, one line each."""

    def __init__(self, problems: list[str]) -> None:
        shown = "\n".join(problems[:50])
        more = f"\n… and {len(problems) - 50} more" if len(problems) > 50 else ""
        super().__init__(f"{len(problems)} fault(s) in the suites:\n{shown}{more}")
        self.problems = problems


class ModelError(SuwenError):
    """A language model timed out, refused, or said what cannot be read; the caller falls back and records it."""


class SettingsError(SuwenError):
    """A setting is wrong; the message names it and what it may be."""


class StoreError(SuwenError):
    """The database could not do what was asked; nothing was half-written."""


class NotFound(StoreError):
    """No such encounter for this owner; also raised for somebody else's."""


class Conflict(StoreError):
    """Somebody else wrote first; read again and decide anew."""


class StoreLocked(StoreError):
    """Another process holds the database longer than we wait."""


class StoreFull(StoreError):
    """No space is left for the database."""


class StoreUnavailable(StoreError):
    """The database cannot be reached or opened."""


class LogBroken(StoreError):
    """A log does not match its hashes; `seq` is the first event that was altered."""
