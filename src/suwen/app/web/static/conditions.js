// All conditions: search as you type, or open a department.

import { allDepartments, findConditions, inDepartment } from "./conditions_api.js";
import { byId, el, put } from "./dom.js";
import { lang, t } from "./i18n.js";
import { startMasthead } from "./masthead.js";

const PAUSE_MILLISECONDS = 160;
const box = byId("search");
let timer = 0;
let running = null;

const other = lang === "zh" ? "en" : "zh";

function row(condition) {
  return el("li", { class: "kb-row" },
    el("a", { href: `/conditions/${encodeURIComponent(condition.id)}` },
      el("span", { class: "kb-row-name" }, condition.name[lang]),
      el("span", { class: "kb-row-other", lang: other === "zh" ? "zh-CN" : "en" }, condition.name[other])),
    el("span", { class: "kb-row-code" }, condition.icd10[0]));
}

async function search() {
  const text = box.value.trim();
  running?.abort();
  const address = new URL(location.href);
  if (text) address.searchParams.set("q", text); else address.searchParams.delete("q");
  history.replaceState(null, "", address);
  if (!text) {
    put(byId("found"));
    put(byId("found-status"));
    return;
  }
  const mine = running = new AbortController();
  try {
    const found = await findConditions(text, mine.signal);
    if (mine !== running) return;
    put(byId("error"));
    put(byId("found"), found.map(row));
    put(byId("found-status"), found.length ? t("kb.found", { n: found.length }) : t("kb.none", { text }));
  } catch (error) {
    if (mine === running) put(byId("error"), t("app.failed", { reason: error.message }));
  }
}

function department({ id, name, conditions }) {
  const list = el("ul", { class: "kb-list" });
  return el("details", { class: "kb-department", ontoggle: async (event) => {
    if (!event.target.open || list.childElementCount) return;
    put(list, el("li", { class: "quiet" }, t("kb.loading")));
    try {
      put(list, (await inDepartment(id)).map(row));
    } catch (error) {
      put(list, el("li", { class: "kb-error" }, t("app.failed", { reason: error.message })));
    }
  } }, el("summary", {}, name[lang], el("span", { class: "kb-count" }, String(conditions))), list);
}

async function start() {
  startMasthead();
  box.value = new URL(location.href).searchParams.get("q") ?? "";
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MILLISECONDS);
  });
  document.querySelector(".kb-search").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  search();
  const place = byId("departments");
  try {
    put(place, (await allDepartments()).filter((one) => one.conditions).map(department));
  } catch (error) {
    put(place, el("p", { class: "kb-error" }, t("app.failed", { reason: error.message })));
  }
  place.setAttribute("aria-busy", "false");
}

start();
