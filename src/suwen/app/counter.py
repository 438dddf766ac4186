"""The counter: lists of medicines kept for their owner, each given out with its report."""

from __future__ import annotations

import secrets
from typing import Any

from suwen.app.desk import Desk
from suwen.app.pharmacy import DismissalEntry, ListChange, ListEntry, dose_of, id_of, patient_of, report_json
from suwen.core.errors import InputError, NotFound
from suwen.safety.medication import Drug, Pharmacist, Report
from suwen.store.lists import Dismissal, MedicineList, MedicineLists


class Counter:
    """Lists by owner; the report is made anew each time, so that today's rules speak."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def pharmacist(self) -> Pharmacist:
        """Raises NotFound where the clinic has none."""
        if self._desk.clinic.pharmacist is None:
            raise NotFound("this clinic has no pharmacist")
        return self._desk.clinic.pharmacist()

    @property
    def lists(self) -> MedicineLists:
        return self._desk.store.lists

    def clock(self) -> str:
        return self._desk.clock()

    def open(self, owner: str, entry: ListEntry) -> dict[str, Any]:
        kept = self.lists.create(
            "med_" + secrets.token_urlsafe(16), owner, entry.label, _body(entry), self.clock()
        )
        return self._view(kept)

    def index(self, owner: str, limit: int = 100) -> list[dict[str, Any]]:
        return [
            {
                "id": k.id,
                "label": k.label,
                "drugs": [d["name"] for d in k.body["drugs"]],
                "updated_at": k.updated_at,
            }
            for k in self.lists.list_for(owner, limit)
        ]

    def view(self, list_id: str, owner: str) -> dict[str, Any]:
        return self._view(self.lists.get(list_id, owner))

    def change(self, list_id: str, owner: str, entry: ListChange) -> dict[str, Any]:
        """Raises Conflict when another tab was first."""
        return self._view(
            self.lists.change(list_id, owner, entry.version, entry.label, _body(entry), self.clock())
        )

    def delete(self, list_id: str, owner: str) -> None:
        self.lists.delete(list_id, owner)

    def dismiss(self, list_id: str, owner: str, entry: DismissalEntry) -> dict[str, Any]:
        """Set an alert aside with a reason. Raises InputError if the list raises no such alert."""
        kept = self.lists.get(list_id, owner)
        alert = next((a for a in self._report(kept).alerts if id_of(a) == entry.alert), None)
        if alert is None:
            raise InputError("field `alert`: this list raises no such alert now; read it again")
        new = Dismissal(entry.alert, alert.rule, entry.reason, entry.comment, self.clock())
        return self._view(self.lists.dismiss(list_id, owner, new))

    def restore(self, list_id: str, owner: str, alert: str) -> dict[str, Any]:
        return self._view(self.lists.restore(list_id, owner, alert))

    def review(self, limit: int = 50) -> list[dict[str, Any]]:
        """The rules that are set aside most, with the reasons; nothing of any patient."""
        return [
            {"rule": rule, "reason": reason, "times": n}
            for rule, reason, n in self.lists.most_dismissed(limit)
        ]

    def _report(self, kept: MedicineList) -> Report:
        entry = _entry(kept)
        drugs = [Drug(d.name, d.route, dose_of(d.dose) if d.dose else None) for d in entry.drugs]
        return self.pharmacist.check(drugs, patient_of(entry.patient))

    def _view(self, kept: MedicineList) -> dict[str, Any]:
        entry = _entry(kept)
        report = report_json(self._report(kept), self.pharmacist.formulary, entry.lang)
        aside = {d.alert: d for d in kept.dismissals}
        for alert in report["alerts"]:
            if alert["id"] in aside:
                d = aside[alert["id"]]
                alert["dismissed"] = {"reason": d.reason, "comment": d.comment, "at": d.at}
        return {
            "id": kept.id,
            "label": kept.label,
            **entry.model_dump(mode="json", exclude={"label"}),
            "version": kept.version,
            "created_at": kept.created_at,
            "updated_at": kept.updated_at,
            "report": {"id": kept.id, **report},
        }


def _body(entry: ListEntry) -> dict[str, Any]:
    return entry.model_dump(mode="json", include={"drugs", "patient", "lang"})


def _entry(kept: MedicineList) -> ListEntry:
    return ListEntry(label=kept.label, **kept.body)
