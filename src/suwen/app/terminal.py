"""The conversation in a terminal: the same function as everywhere else, with numbers to pick from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from suwen.app.build import build_clinic
from suwen.consult.ask import options_of
from suwen.consult.turn import Message, finish, open_case, respond
from suwen.consult.view import alarm_view
from suwen.core.case import Case
from suwen.core.errors import InputError

COLOURS = {
    "emergency": "bold white on red",
    "urgent": "bold red",
    "soon": "yellow",
    "routine": "cyan",
    "self_care": "green",
}


def converse(lang: str, knowledge_folder: Path | None) -> None:
    """Talk until the answer is given or the input ends."""
    console = Console()
    clinic = build_clinic(knowledge_folder)
    reply = open_case(lang, clinic)
    case = reply.case
    console.print(Panel(reply.text, title="素问 Suwen"))
    while not case.closed:
        options = options_of(case.pending, clinic.knowledge, case.lang) if case.pending else []
        if options:
            console.print("   ".join(f"[bold]{i}[/] {o['label']}" for i, o in enumerate(options, 1)))
        try:
            line = console.input("[bold green]> [/]")
        except (EOFError, KeyboardInterrupt):
            reply = finish(case, clinic)
            _show(console, reply.result or {}, reply.case)
            return
        message = _message(line, options)
        try:
            reply = respond(case, message, clinic)
        except InputError as error:
            console.print(error.message, style="yellow", markup=False)
            continue
        case = reply.case
        for alarm in reply.alarms:
            _alarm(console, alarm_view(alarm, clinic, case.lang))
        console.print(reply.text, highlight=False, markup=False)
        if reply.result:
            _show(console, reply.result, case)


def _message(line: str, options: list[dict[str, str]]) -> Message:
    if line.strip().isdigit() and 1 <= int(line) <= len(options):
        option = options[int(line) - 1]
        return Message(option["label"], option["value"])
    return Message(line)


def _alarm(console: Console, alarm: dict[str, Any]) -> None:
    lines = [
        alarm["say"],
        *(f"• {step}" for step in alarm["do"]),
        *(f"☎ {h['name']} {h['number']}" for h in alarm["hotlines"]),
    ]
    console.print(Panel("\n".join(lines), title=alarm["name"], border_style="red"))


def _show(console: Console, result: dict[str, Any], case: Case) -> None:
    zh = case.lang == "zh"
    triage = result["triage"]
    head = f"{triage['name']} · {triage['time_limit']}\n{triage['reason']}\n{'科室' if zh else 'Department'}: {result['department']['name']}"
    console.print(Panel(head, style=COLOURS[triage["level"]]))
    table = Table("", "%", "支持" if zh else "for", "不支持" if zh else "against")
    for c in result["conditions"]:
        table.add_row(
            f"{c['name']}（{c['word']}）",
            f"{c['p']:.0%}",
            *(", ".join(i["name"] for i in c[k]) for k in ("for", "against")),
        )
    console.print(table)
    titles = {
        "do": ("现在怎么做", "What to do"),
        "avoid": ("不要做", "Avoid"),
        "come_back": ("出现这些要提前就医", "Come back sooner if"),
        "unknowns": ("还不知道", "Not known"),
        "not_understood": ("没听懂的话", "Not understood"),
    }
    for key, title in titles.items():
        if result[key]:
            console.print(f"[bold]{title[0] if zh else title[1]}[/]")
            for line in result[key]:
                console.print(f"  • {line}", highlight=False, markup=False)
    for line in _medicine_lines(result["medicines"]):
        console.print(line, highlight=False, markup=False)
    for item in result["considered"]:
        console.print(f"[dim]{item['name']}: {item['verdict_name']} {item['reason']}[/]", highlight=False)
    console.print(f"[dim]{result['disclaimer']}[/]")


def _medicine_lines(found: dict[str, Any] | None) -> list[str]:
    if not found:
        return []
    alerts = [f"  ! {' + '.join(a['drugs'])}: {a['effect']} — {a['management']}" for a in found["alerts"]]
    causes = [f"  ? {c['drug']} → {c['finding']}: {c['say']}" for c in found["causes"]]
    return [found["summary"], *alerts, *causes, *(f"  ? {name}" for name in found["unknown"])]
