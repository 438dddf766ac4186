// The start page: begin a consultation, and find the earlier ones.

import * as api from "./api.js";
import { confirmed } from "./confirm.js";
import { byId, el, icon, put } from "./dom.js";
import { lang, nearDate, t } from "./i18n.js";
import { say, startMasthead } from "./masthead.js";
import { forget, getDraft, newKey, setDraft, setUnsent } from "./memory.js";
import { triageBadge } from "./triage.js";

const complaint = byId("complaint");
const START = "start"; // the draft of a consultation that has no id yet

function showError(text) {
  put(byId("start-error"), text);
}

async function start(event) {
  event.preventDefault();
  const text = complaint.value.trim();
  if (!text) {
    showError(t("home.empty_complaint"));
    complaint.focus();
    return;
  }
  showError("");
  const button = byId("start");
  button.disabled = true;
  put(button, t("home.starting"));
  try {
    const view = await api.createEncounter(lang);
    // The conversation page sends it, and keeps trying if it must.
    setUnsent(view.id, { key: newKey(), text, reply_to: null, choice: null });
    setDraft(START, "");
    location.assign(`/c/${encodeURIComponent(view.id)}`);
  } catch (error) {
    showError(t("app.failed", { reason: error.message }));
    button.disabled = false;
    put(button, t("home.start"));
  }
}

async function remove(encounter, title) {
  const yes = await confirmed({
    title: t("home.delete_title"),
    text: t("home.delete_text", { title }),
    yes: t("home.delete"),
    danger: true,
  });
  if (!yes) return;
  try {
    await api.deleteEncounter(encounter.id);
    forget(encounter.id);
    say(t("home.deleted"), 4);
  } catch (error) {
    say(t("app.failed", { reason: error.message }), 8);
  }
  await showEncounters();
  byId("mine-title").focus();
}

function row(encounter) {
  const title = encounter.title || t("home.untitled");
  const open = encounter.state === "open";
  return el("li", { class: "encounter" },
    el("a", { class: "encounter-link", href: `/c/${encodeURIComponent(encounter.id)}` },
      el("span", { class: "encounter-title", lang: encounter.lang }, title),
      el("span", { class: "encounter-meta" },
        el("span", { class: `state state-${encounter.state}` }, t(open ? "home.open" : "home.closed")),
        el("time", { datetime: encounter.updated_at }, nearDate(encounter.updated_at)))),
    encounter.triage ? triageBadge(encounter.triage) : null,
    el("span", { class: "encounter-tools" },
      el("a", { class: "tool tool-icon", href: api.exportAddress(encounter.id), download: true, "aria-label": t("home.export_label", { title }), title: t("home.export") }, icon("download")),
      el("button", { class: "tool tool-icon", type: "button", "aria-label": t("home.delete_label", { title }), title: t("home.delete"), onclick: () => remove(encounter, title) }, icon("trash"))));
}

async function showEncounters() {
  const place = byId("encounters");
  try {
    const encounters = await api.listEncounters();
    const newestFirst = [...encounters].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
    put(place, encounters.length
      ? el("ul", { class: "encounter-list" }, newestFirst.map(row))
      : el("div", { class: "empty" }, el("p", { class: "empty-title" }, t("home.none")), el("p", {}, t("home.none_text"))));
  } catch (error) {
    put(place, el("div", { class: "empty" },
      el("p", { class: "empty-title" }, t("home.list_failed")),
      el("p", {}, error.message),
      el("button", { class: "button", type: "button", onclick: showEncounters }, t("app.retry"))));
  }
  place.setAttribute("aria-busy", "false");
}

function startForm() {
  byId("mine-title").tabIndex = -1;
  byId("starter").addEventListener("submit", start);
  complaint.value = getDraft(START);
  complaint.addEventListener("input", () => setDraft(START, complaint.value));
  complaint.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229; // the Enter that ends an IME's composition
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    byId("starter").requestSubmit();
  });
  for (const example of document.querySelectorAll(".example")) {
    example.addEventListener("click", () => {
      complaint.value = example.textContent.trim();
      setDraft(START, complaint.value);
      complaint.focus();
    });
  }
}

startMasthead();
startForm();
showEncounters();
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // back from a conversation, out of the browser's memory
  byId("start").disabled = false;
  put(byId("start"), t("home.start"));
  showEncounters();
});
