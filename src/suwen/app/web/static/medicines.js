// My lists of medicines, and the box that begins a new one.

import { confirmed } from "./confirm.js";
import { byId, el, icon, put } from "./dom.js";
import { lang, nearDate, t } from "./i18n.js";
import { say, startMasthead } from "./masthead.js";
import { createList, deleteList, listLists } from "./medicines_api.js";
import { startSearch } from "./medicines_search.js";
import { MOST_MEDICINES } from "./medicines_text.js";
import { forget } from "./memory.js";

const NAMES_SHOWN = 6;
const box = byId("search");

async function begin(entries) {
  put(byId("start-error"));
  box.disabled = true;
  put(byId("search-status"), t("med.starting"));
  try {
    const view = await createList({ lang, drugs: entries.slice(0, MOST_MEDICINES) });
    location.assign(`/medicines/${encodeURIComponent(view.id)}`);
  } catch (error) {
    put(byId("start-error"), t("app.failed", { reason: error.message }));
    put(byId("search-status"));
    box.disabled = false;
    box.value = entries.map(({ name, dose }) => [name, dose].filter(Boolean).join(" ")).join("；");
    box.focus();
  }
}

const titleOf = (list) => list.label || list.drugs.slice(0, 2).join(t("app.comma")) || t("med.untitled");

async function remove(list) {
  const yes = await confirmed({
    title: t("med.delete_title"),
    text: t("med.delete_text", { title: titleOf(list) }),
    yes: t("home.delete"),
    danger: true,
  });
  if (!yes) return;
  try {
    await deleteList(list.id);
    forget(list.id);
    say(t("home.deleted"), 4);
  } catch (error) {
    say(t("app.failed", { reason: error.message }), 8);
  }
  await showLists();
  byId("lists-title").focus();
}

function names(drugs) {
  const first = drugs.slice(0, NAMES_SHOWN).join(t("app.comma"));
  return drugs.length > NAMES_SHOWN ? t("med.and_more", { names: first, n: drugs.length }) : first;
}

function row(list) {
  const title = titleOf(list);
  return el("li", { class: "med-list" },
    el("a", { class: "med-list-link", href: `/medicines/${encodeURIComponent(list.id)}` },
      el("span", { class: "med-list-title" }, title),
      el("span", { class: "med-list-names" }, list.drugs.length ? names(list.drugs) : t("med.list_empty")),
      el("time", { class: "med-list-time", datetime: list.updated_at }, nearDate(list.updated_at))),
    el("button", { class: "tool tool-icon", type: "button", "aria-label": t("home.delete_label", { title }), title: t("home.delete"), onclick: () => remove(list) }, icon("trash")));
}

async function showLists() {
  const place = byId("lists");
  try {
    const lists = await listLists();
    put(place, lists.length
      ? el("ul", { class: "med-lists" }, lists.map(row))
      : el("div", { class: "empty" }, el("p", { class: "empty-title" }, t("med.none")), el("p", {}, t("med.none_text"))));
  } catch (error) {
    put(place, el("div", { class: "empty" },
      el("p", { class: "empty-title" }, t("med.lists_failed")),
      el("p", {}, error.message),
      el("button", { class: "button", type: "button", onclick: showLists }, t("app.retry"))));
  }
  place.setAttribute("aria-busy", "false");
}

startMasthead();
byId("lists-title").tabIndex = -1;
startSearch({ box, list: byId("options"), status: byId("search-status"), add: begin });
byId("start-empty").addEventListener("click", () => begin([]));
showLists();
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // back from a list, out of the browser's memory
  box.disabled = false;
  showLists();
});
