// The conversation so far. Only new messages are appended, so that a screen reader reads each one once.

import { el, icon, put } from "./dom.js";
import { htmlLang, t } from "./i18n.js";

let shownLang = null;
let shownSeq = -1;

function bubble(message) {
  const suwen = message.from === "suwen";
  return el("div", { class: `message from-${message.from} kind-${message.kind}` },
    suwen ? el("span", { class: "face", "aria-hidden": "true" }, icon(message.kind === "alarm" ? "emergency" : "mark")) : null,
    el("div", { class: "message-body" },
      el("span", { class: "visually-hidden" }, `${t(suwen ? "talk.suwen" : "talk.me")}: `),
      el("p", { class: "bubble" }, message.text),
      message.not_understood?.length
        ? el("p", { class: "message-note" }, t("talk.not_understood", { words: message.not_understood.join(t("app.comma")) }))
        : null));
}

/** Brings `place` up to date with the view; returns the first element added, or null. */
export function showThread(place, view) {
  if (shownLang !== view.lang) {
    put(place);
    shownSeq = -1;
    shownLang = view.lang;
    place.lang = htmlLang(view.lang);
  }
  const fresh = view.messages.filter((message) => message.seq > shownSeq).map(bubble);
  place.append(...fresh);
  if (view.messages.length) shownSeq = view.messages[view.messages.length - 1].seq;
  return fresh[0] ?? null;
}

/** The message on its way: shown at once, with what is happening to it. */
export function showPending(place, message, state, retry) {
  if (!message) return put(place);
  const stuck = state !== "sending";
  put(place,
    el("div", { class: `message from-patient pending is-${state}` },
      el("div", { class: "message-body" },
        el("span", { class: "visually-hidden" }, `${t("talk.me")}: `),
        el("p", { class: "bubble" }, message.text),
        stuck ? el("p", { class: "message-note" }, t(state === "failed" ? "talk.failed" : "talk.unsent")) : null,
        stuck ? el("button", { type: "button", class: "button small", id: "resend", onclick: retry }, icon("return"), t("talk.retry")) : null)),
    stuck ? null : el("div", { class: "message from-suwen thinking" },
      el("span", { class: "face", "aria-hidden": "true" }, icon("mark")),
      el("p", { class: "bubble" }, el("span", { class: "visually-hidden" }, t("talk.thinking")),
        el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")))));
}
