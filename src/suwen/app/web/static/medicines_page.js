// One list of medicines on screen: enter, see what was found, set aside; everything is kept as one goes.

import { byId, el, icon, put } from "./dom.js";
import { lang, t } from "./i18n.js";
import { say, startMasthead } from "./masthead.js";
import { createList, findMedicines } from "./medicines_api.js";
import { askReason } from "./medicines_aside.js";
import { createKeeper } from "./medicines_keeper.js";
import { createMatrix } from "./medicines_matrix.js";
import { createPatientForm } from "./medicines_patient.js";
import { cardId, createReport, isActive } from "./medicines_report.js";
import { createRows } from "./medicines_rows.js";
import { ingredientsOf, startSearch } from "./medicines_search.js";
import { countOf, worstOf } from "./medicines_severity.js";
import { MOST_MEDICINES } from "./medicines_text.js";
import { setUnsent } from "./memory.js";

const id = document.body.dataset.list;
const WIDE = matchMedia("(min-width: 1000px)");
const FLASH_MILLISECONDS = 1800;
const label = byId("label");
const parts = new Map(); // what a product holds, by its id
let report = null;
let told = ""; // why it is not saved

const keeper = createKeeper(id, {
  changed: draw,
  checked(fresh) {
    report = fresh;
    draw(keeper.content);
    readParts();
  },
  saving: showSaving,
  elsewhere: () => notice(t("med.saving.elsewhere")),
  gone: (error) => (report ? showGone() : showLoadProblem(error)),
});
const rows = createRows(byId("medicines"), {
  edit: (key, values) => keeper.edit(({ drugs }) => Object.assign(drugs.find((drug) => drug.key === key), values)),
  remove,
  use: (drug, name) => use((other) => other.key === drug.key, name),
  goTo,
});
const showReport = createReport(byId("report"), {
  edit: keeper.edit,
  announce: (text) => {
    say(text, 4);
    byId("report-title").focus({ preventScroll: true });
  },
  use: (name, other) => use((drug) => drug.name === name, other),
  setAside,
  takeBack,
  goTo,
  goToId: (place) => show(byId(place)),
});
const showMatrix = createMatrix(byId("matrix"), goTo);
const showPatient = createPatientForm(byId("patient-form"), keeper.edit);

// -- drawing ------------------------------------------------------------------------------------------------

function draw(content) {
  if (!content) return;
  const { drugs, patient } = content;
  if (document.activeElement !== label) label.value = content.label;
  document.title = `${content.label || t("med.untitled")} · ${t("app.name")}`;
  put(byId("medicine-count"), drugs.length ? String(drugs.length) : "");
  byId("medicines").hidden = !drugs.length;
  byId("medicines-empty").hidden = drugs.length > 0;
  rows.show(drugs, known);
  showPatient(patient, report);
  if (!report) return;
  showReport(report, content);
  showMatrix(report, drugs);
  showJump(drugs);
}

/** What the last report says of one entry; null while it has not been looked at. */
function known(drug) {
  if (!report) return null;
  const hit = report.recognised.find((one) => one.given === drug.name) ?? null;
  const unknown = report.unknown.includes(drug.name);
  if (!hit && !unknown) return null;
  const held = hit?.id.length === 1 ? parts.get(hit.id[0]) : null;
  const worst = worstOf(report.alerts.filter((alert) => isActive(alert) && alert.interrupts && alert.drugs.includes(drug.name)));
  return {
    hit: hit && { name: hit.name, how: hit.how },
    unknown,
    suggestions: report.suggestions[drug.name] ?? [],
    ingredients: held || null,
    littleKnown: report.little_known.includes(drug.name),
    doseUnread: Boolean(drug.dose) && report.dose_unread.includes(drug.name),
    worst: worst && { id: worst.id, severity: worst.severity },
  };
}

/** Fetches what the products hold, each once. */
async function readParts() {
  for (const hit of report.recognised) {
    const [medicine] = hit.id;
    if (hit.id.length > 1 || parts.has(medicine)) continue;
    parts.set(medicine, "");
    const found = (await findMedicines(hit.name).catch(() => [])).find((one) => one.id === medicine);
    if (!found?.ingredients.length) continue;
    parts.set(medicine, ingredientsOf(found));
    draw(keeper.content);
  }
}

/** On a phone the report is far below: a line at the bottom says what is in it. */
function showJump(drugs) {
  const active = report.alerts.filter(isActive);
  const grave = ["contraindicated", "major"].filter((severity) => countOf(active, severity));
  byId("jump").hidden = !drugs.length;
  put(byId("jump"),
    grave.length
      ? grave.map((severity) => el("span", { class: `med-jump-part severity-${severity}` }, icon(severity), t("med.report.of", { n: countOf(active, severity), severity: t(`med.severity.${severity}`) })))
      : el("span", { class: "med-jump-part" }, t("med.jump.none", { n: active.length })),
    el("span", { class: "med-jump-go" }, t("med.jump.go")));
}

// -- saving -------------------------------------------------------------------------------------------------

function showSaving(state, error) {
  const place = byId("saving");
  place.dataset.state = state;
  put(place, state === "saved" ? icon("check") : state === "saving" ? null : icon("question"), t(`med.saving.${state}`));
  const stuck = state === "waiting" || state === "refused";
  byId("stale").hidden = !stuck;
  const text = stuck ? t(state === "waiting" ? "med.saving.waiting_text" : "med.saving.refused_text", { reason: error.message }) : "";
  if (text === told) return; // said once, not with every try
  told = text;
  put(byId("problem"), text
    ? el("div", { class: "notice", role: "alert" }, el("p", {}, text),
      el("button", { class: "button small", type: "button", onclick: () => keeper.retry() }, t("app.retry")))
    : null);
}

function notice(text) {
  put(byId("notice"), text ? el("div", { class: "notice", role: "alert" }, el("p", {}, text),
    el("button", { class: "tool tool-icon", type: "button", "aria-label": t("med.close"), onclick: () => notice(null) }, icon("close"))) : null);
}

function problem(title, text, ...buttons) {
  byId("desk").hidden = true;
  byId("head").hidden = true;
  put(byId("notice"));
  put(byId("problem"), el("div", { class: "empty", role: "alert" }, el("h1", { class: "empty-title" }, title), el("p", {}, text), el("p", { class: "empty-buttons" }, buttons)));
}

const toLists = () => el("a", { class: "button primary", href: "/medicines" }, t("med.all_lists"));

function showLoadProblem(error) {
  const missing = error.status === 404 || error.status === 422;
  problem(t(missing ? "med.not_found" : "med.load_failed"), missing ? t("med.not_found_text") : error.message,
    missing ? null : el("button", { class: "button", type: "button", onclick: () => location.reload() }, t("app.retry")), toLists());
}

/** Deleted in another tab: what is on screen can be kept as a new list. */
function showGone() {
  setUnsent(id, null);
  const { label: name, drugs, patient } = keeper.content;
  const keep = el("button", { class: "button", type: "button", onclick: async () => {
    try {
      const view = await createList({ label: name, patient, lang, drugs: drugs.map(({ name: given, dose, route }) => ({ name: given, dose, route })) });
      location.replace(`/medicines/${encodeURIComponent(view.id)}`);
    } catch (error) {
      say(t("app.failed", { reason: error.message }), 8);
    }
  } }, t("med.gone_keep"));
  problem(t("med.gone"), t("med.gone_text"), drugs.length ? keep : null, toLists());
}

// -- doing --------------------------------------------------------------------------------------------------

function add(entries) {
  const room = MOST_MEDICINES - keeper.content.drugs.length;
  if (room <= 0) return say(t("med.full", { n: MOST_MEDICINES }), 6);
  put(byId("undo"));
  keeper.addDrugs(entries.slice(0, room));
  say(entries.length > room ? t("med.full", { n: MOST_MEDICINES }) : entries.length === 1 ? t("med.added", { name: entries[0].name }) : t("med.added_many", { n: entries.length }), 3);
}

function remove(drug) {
  const at = keeper.content.drugs.findIndex((other) => other.key === drug.key);
  const [taken] = keeper.content.drugs.slice(at, at + 1);
  keeper.edit(({ drugs }) => drugs.splice(at, 1));
  const undo = el("button", { type: "button", class: "button small", onclick: () => {
    put(byId("undo"));
    keeper.edit(({ drugs }) => drugs.splice(Math.min(at, drugs.length), 0, taken));
    rows.focus(taken.key);
  } }, icon("return"), t("med.undo"));
  put(byId("undo"), el("span", {}, t("med.removed", { name: taken.name })), undo);
  undo.focus({ preventScroll: true });
}

function use(test, name) {
  keeper.edit(({ drugs }) => drugs.filter(test).forEach((drug) => (drug.name = name)));
  say(t("med.added", { name }), 3);
  byId("search").focus({ preventScroll: true });
}

/** Scrolls to a part of the report, opening what it is folded into, and puts the focus there. */
function show(target) {
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

function goTo(alerts) {
  const cards = alerts.map((alert) => byId(cardId({ id: alert }))).filter(Boolean);
  show(cards[0]);
  for (const card of cards) {
    card.closest("details")?.setAttribute("open", "");
    card.classList.add("is-shown");
    setTimeout(() => card.classList.remove("is-shown"), FLASH_MILLISECONDS);
  }
}

async function attempt(work, done) {
  try {
    await work();
    say(done, 4);
  } catch (error) {
    say(t("app.failed", { reason: error.message }), 8);
  }
}

async function setAside(alert) {
  const why = await askReason(alert);
  if (!why) return;
  await attempt(() => keeper.setAside(alert.id, why.reason, why.comment), t("med.aside.done"));
  byId("aside-alerts")?.querySelector("summary").focus({ preventScroll: true });
}

async function takeBack(alert) {
  await attempt(() => keeper.takeBack(alert.id), t("med.aside.undone"));
  byId(cardId(alert))?.focus({ preventScroll: true });
}

// -- start --------------------------------------------------------------------------------------------------

async function start() {
  startMasthead();
  byId("patient").open = WIDE.matches;
  label.addEventListener("input", () => keeper.edit((content) => (content.label = label.value)));
  byId("jump").addEventListener("click", () => show(byId("report-title")));
  byId("aside-cancel").addEventListener("click", () => byId("aside").close());
  try {
    await keeper.start();
  } catch (error) {
    return showLoadProblem(error);
  }
  byId("head").hidden = false;
  byId("desk").hidden = false;
  byId("loading").hidden = true;
  startSearch({ box: byId("search"), list: byId("options"), status: byId("search-status"), add });
  if (WIDE.matches || !keeper.content.drugs.length) byId("search").focus({ preventScroll: true });
}

start();
