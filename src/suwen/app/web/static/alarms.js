// Alarms, pinned above everything. They can be folded to one line but never dismissed.

import { el, icon, put } from "./dom.js";
import { htmlLang, t } from "./i18n.js";

const EMERGENCY_NUMBER = "120";
let shown = "";

function calls(alarm) {
  const numbers = [...(alarm.hotlines ?? [])];
  if (alarm.triage === "emergency" && !numbers.some(({ number }) => number === EMERGENCY_NUMBER)) {
    numbers.push({ number: EMERGENCY_NUMBER, name: null }); // after a helpline, which is the better ear
  }
  return numbers.map(({ number, name }, index) =>
    el("a", { class: index ? "call call-second" : "call", href: `tel:${number.replace(/[^\d+]/g, "")}`, lang: document.documentElement.lang },
      icon("phone"), el("span", {}, t("alarm.call", { number })), name ? el("span", { class: "call-name" }, name) : null));
}

function banner(alarm, index, open) {
  return el("section", { class: `alarm alarm-${alarm.triage}`, "aria-label": alarm.name },
    el("div", { class: "alarm-head" }, icon("emergency"), el("strong", { class: "alarm-name" }, alarm.name)),
    el("p", { class: "alarm-say" }, alarm.say),
    el("div", { class: "alarm-calls" }, calls(alarm)),
    el("details", { class: "alarm-steps", open: index === 0 && open },
      el("summary", { lang: document.documentElement.lang }, t("alarm.steps")),
      alarm.do?.length ? el("ol", {}, alarm.do.map((step) => el("li", {}, step))) : null,
      alarm.source ? el("p", { class: "alarm-source" }, t("alarm.source", { source: alarm.source })) : null));
}

/** Redrawn only when the alarms changed: an alert that is drawn again is read out again. */
export function showAlarms(place, view) {
  const now = `${view.lang}:${view.alarms.map((alarm) => alarm.id).join()}`;
  if (now === shown) return;
  shown = now;
  place.lang = htmlLang(view.lang);
  place.classList.toggle("has-alarms", view.alarms.length > 0);
  put(place, view.alarms.map((alarm, index) => banner(alarm, index, view.state === "open")));
}

/** To one line each, once the patient has read them and goes on. */
export function foldAlarms(place) {
  for (const steps of place.querySelectorAll(".alarm-steps")) steps.open = false;
}
