// One consultation on screen: fetch the view, show it, send answers, keep up with what happens elsewhere.

import { foldAlarms, showAlarms } from "./alarms.js";
import * as api from "./api.js";
import { showChart } from "./chart.js";
import { createComposer } from "./composer.js";
import { confirmed } from "./confirm.js";
import { byId, el, put } from "./dom.js";
import { showFindings } from "./findings.js";
import { htmlLang, lang, t } from "./i18n.js";
import { say, startMasthead } from "./masthead.js";
import { newKey } from "./memory.js";
import { createOutbox } from "./outbox.js";
import { startPanel } from "./panel.js";
import { focusQuestion, showQuestion } from "./question.js";
import { showResult } from "./result.js";
import { scrollToEnd, scrollToNew } from "./scroll.js";
import { listen } from "./stream.js";
import { showPending, showThread } from "./thread.js";

const id = document.body.dataset.encounter;
let view = null;

const composer = createComposer(id, (text) => answer({ text, choice: null }));
const outbox = createOutbox(id, {
  changed(message, state) {
    showPending(byId("pending"), message, state, () => outbox.resume());
    composer.setBusy(message !== null);
    if (message) put(byId("question"));
    if (message) scrollToEnd();
  },
  answered: (fresh) => show(fresh, { moveFocus: true }),
  refused,
});

function answer({ text, choice }) {
  if (outbox.isBusy() || !view) return false;
  notice(null);
  foldAlarms(byId("alarms"));
  outbox.send({ key: newKey(), text, choice, reply_to: view.question?.id ?? null });
  return true;
}

/** The server will not have it: what was written goes back into the box, unless something newer is there. */
function refused(problem, message) {
  if (message.choice === null && composer.isEmpty()) composer.write(message.text);
  if (problem.view) {
    notice(t(problem.view.state === "closed" ? "talk.closed_elsewhere" : "talk.answered_elsewhere"));
    show(problem.view);
  } else if (problem.status === 409) {
    refresh().then(() => notice(problem.message));
  } else {
    notice(problem.message);
    if (view) showQuestion(byId("question"), view, answer);
  }
}

/** One line above the conversation, or none; `button` is optional. */
function notice(text, button = null) {
  put(byId("notice"), text ? el("div", { class: "notice", role: "alert" }, el("p", {}, text), button) : null);
}

function show(fresh, { moveFocus = false, first = false } = {}) {
  if (view && fresh.seq < view.seq) return;
  const hadFocusInPage = composer.hasFocus();
  const closing = fresh.state === "closed" && view?.state === "open";
  view = fresh;
  const open = view.state === "open";
  document.body.classList.toggle("is-closed", !open);
  document.title = view.title ? `${view.title} · ${t("app.name")}` : t("talk.page_title");
  byId("talk-title").textContent = view.title || t("talk.heading");
  showAlarms(byId("alarms"), view);
  showProgress(open);
  const added = showThread(byId("thread"), view);
  if (!outbox.isBusy()) showQuestion(byId("question"), open ? view : { ...view, question: null }, answer);
  composer.setHidden(!open);
  byId("finish").hidden = !view.messages.some((message) => message.from === "patient");
  showSide(open);
  showAnswer(closing || first);
  offerLanguage();
  if (!open) return closing && byId("result-title")?.focus();
  if (first) scrollToEnd({ smooth: false });
  else if (added) scrollToNew(added);
  if (moveFocus && !hadFocusInPage) focusQuestion();
}

function showProgress(open) {
  const { asked, budget } = view.progress;
  put(byId("progress"), open
    ? [el("progress", { value: String(asked), max: String(budget), "aria-label": t("talk.progress_label") }), el("span", {}, t("talk.progress", { asked, budget }))]
    : el("span", {}, t("talk.done")));
}

function showSide(open) {
  showFindings(byId("heard"), view, open ? correct : null);
  showChart(byId("why"), view);
  put(byId("panel-count"), view.findings.length ? String(view.findings.length) : "");
}

function showAnswer(fold) {
  const place = byId("result");
  place.hidden = !view.result;
  if (!view.result) return put(place);
  place.lang = htmlLang(view.lang);
  showResult(place, view);
  byId("history").querySelector("summary").hidden = false;
  if (fold) byId("history").open = false;
}

function offerLanguage() {
  if (view.lang === lang || byId("notice").childElementCount) return;
  notice(t("talk.other_language"), el("button", { class: "button small", type: "button", onclick: useMyLanguage }, t("talk.use_language")));
}

async function useMyLanguage() {
  notice(null);
  await attempt(async () => show(await api.setLanguage(id, lang)));
}

async function correct(finding, status) {
  say(t("panel.saving"));
  const done = await attempt(async () => show(await api.setFinding(id, finding.id, status)));
  if (done) say(t("panel.saved", { name: finding.name, status: t(`panel.${status}`) }), 4);
  else showFindings(byId("heard"), view, correct);
}

async function finish() {
  if (!await confirmed({ title: t("talk.finish_title"), text: t("talk.finish_text"), yes: t("talk.finish_yes") })) return;
  say(t("talk.finishing"));
  if (await attempt(async () => show(await api.finish(id)))) say("");
}

/** Runs one request; a failure is told under the header. True when it worked. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    say(t("app.failed", { reason: error.message }), 8);
    if (error.view) show(error.view);
    return false;
  }
}

async function refresh(options) {
  show(await api.getEncounter(id), options);
}

function showLoadProblem(error) {
  const gone = error.status === 404;
  put(byId("thread"));
  put(byId("question"));
  composer.setHidden(true);
  byId("bar").hidden = true;
  put(byId("problem"), el("div", { class: "empty", role: "alert" },
    el("h1", { class: "empty-title" }, t(gone ? "talk.not_found" : "talk.load_failed")),
    el("p", {}, gone ? t("talk.not_found_text") : error.message),
    el("p", { class: "empty-buttons" },
      gone ? null : el("button", { class: "button", type: "button", onclick: () => location.reload() }, t("app.retry")),
      el("a", { class: "button primary", href: "/" }, t("talk.to_home")))));
}

async function heardOfChange(seq) {
  if (outbox.isBusy() || (seq !== null && seq <= view.seq)) return;
  const before = view.seq;
  await refresh().catch((error) => {
    if (error.status === 404) showLoadProblem(error); // deleted elsewhere; that the server is gone, the stream notices
  });
  if (seq !== null && view.seq > before) say(t("talk.changed_elsewhere"), 5);
}

async function start() {
  startMasthead();
  startPanel(() => view && showChart(byId("why"), view));
  byId("finish").addEventListener("click", finish);
  byId("language").addEventListener("click", async (event) => {
    event.preventDefault();
    const link = event.currentTarget;
    await api.setLanguage(id, link.hreflang).catch(() => {}); // the page then offers it again
    location.assign(link.href);
  });
  try {
    await refresh({ first: true });
  } catch (error) {
    return showLoadProblem(error);
  }
  if (outbox.isBusy()) outbox.resume();
  listen(id, { changed: heardOfChange, lost: () => say(t("app.reconnecting")), found: () => say(t("app.reconnected"), 3) });
}

start();
