// The box that finds a medicine: type, choose with keys or a tap, or add it as it is written; paste adds many.

import { el, put } from "./dom.js";
import { lang, t } from "./i18n.js";
import { findMedicines } from "./medicines_api.js";
import { entriesIn, fold, split } from "./medicines_text.js";

const PAUSE_MILLISECONDS = 160;
const HAN = /\p{Script=Han}/u;

/** The name under which a hit is added: the brand on the box, where that is what was typed, or its own. */
function labelOf(hit, typed, hits) {
  const own = hit.name[lang];
  const text = fold(typed);
  if (text.length < 2 || fold(own).startsWith(text)) return own;
  const brand = hit.brands.find((name) => fold(name) === text) ?? hit.brands.find((name) => fold(name).startsWith(text));
  if (!brand) return own;
  return hits.filter((other) => other.brands.includes(brand)).length === 1 ? brand : own;
}

/** Whether a hit visibly is what was typed. Pinyin cannot be judged here and counts as such. */
function isPlain(hit, typed) {
  if (!HAN.test(typed)) return true;
  const text = fold(typed);
  const names = [hit.name.zh, hit.name.en, ...hit.brands, ...hit.ingredients.map((part) => part.zh)];
  return names.some((name) => fold(name).includes(text));
}

export function ingredientsOf(hit) {
  return hit.ingredients.map((part) => part[lang]).join(t("app.comma"));
}

/**
 * `box`, `list` and `status` are the input, its listbox and a live region; `add(entries, hit)` gets what was
 * chosen ([{name, dose}]), and the hit it came from if there is one.
 */
export function startSearch({ box, list, status, add }) {
  let options = []; // {name, hit} in the order shown
  let active = -1;
  let stop = null;
  let timer = 0;
  let shownFor = null; // the text that the options belong to
  let waitingEnter = false;

  const typed = () => split(box.value);

  function close() {
    clearTimeout(timer);
    stop?.abort();
    options = [];
    active = -1;
    shownFor = null;
    waitingEnter = false;
    list.hidden = true;
    put(list);
    put(status);
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    active = next;
    [...list.querySelectorAll("[role=option]")].forEach((item, n) => {
      item.setAttribute("aria-selected", String(n === active));
      if (n === active) item.scrollIntoView({ block: "nearest" });
    });
    if (active < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `${list.id}-${active}`);
  }

  function choose(option) {
    const { dose } = typed();
    box.value = "";
    close();
    add([{ name: option.name, dose }], option.hit);
    box.focus();
  }

  function item(option, n) {
    const { hit } = option;
    const other = lang === "zh" ? "en" : "zh";
    const also = hit ? [option.name === hit.name[lang] ? null : hit.name[lang], hit.ingredients.length ? null : hit.name[other]] : [];
    const brands = hit ? hit.brands.filter((name) => name !== option.name).slice(0, 3) : [];
    const about = [...new Set(also.filter(Boolean)), brands.join(t("app.comma"))].filter(Boolean).join(" · ");
    return el("li", { role: "option", id: `${list.id}-${n}`, class: hit ? "med-option" : "med-option med-option-raw", "aria-selected": "false", onclick: () => choose(option) },
      el("span", { class: "med-option-name" }, hit ? option.name : t("med.search.raw", { name: option.name })),
      about ? el("span", { class: "med-option-about" }, about) : null,
      hit?.ingredients.length ? el("span", { class: "med-option-about med-option-parts" }, t("med.contains", { names: ingredientsOf(hit) })) : null);
  }

  function show(text, hits, problem = null) {
    shownFor = text;
    const found = hits.map((hit) => ({ name: labelOf(hit, text, hits), hit }));
    const exact = found.some(({ name, hit }) => [name, hit.name.zh, hit.name.en].some((one) => fold(one) === fold(text)));
    const raw = exact ? [] : [{ name: text, hit: null }];
    const plain = found.length > 0 && !hits[0].suggested && isPlain(hits[0], text);
    options = plain ? [...found, ...raw] : [...raw, ...found];
    put(list, options.map(item));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    mark(0);
    put(status, problem ? t("med.search.failed", { reason: problem.message })
      : plain ? t("med.search.count", { n: found.length }) : t("med.search.none"));
    if (waitingEnter) choose(options[0]);
  }

  async function look() {
    const text = typed().name;
    if (!text) return close();
    if (text === shownFor) return;
    stop?.abort();
    const mine = stop = new AbortController();
    try {
      const hits = await findMedicines(text, { signal: mine.signal });
      if (!mine.signal.aborted) show(text, hits);
    } catch (error) {
      if (!mine.signal.aborted) show(text, [], error);
    }
  }

  function enter() {
    const text = typed().name;
    if (!text) return;
    if (text === shownFor && active >= 0) return choose(options[active]);
    waitingEnter = true; // faster than the search
    clearTimeout(timer);
    look();
  }

  function move(step) {
    if (!options.length) return look();
    mark((active + step + options.length) % options.length);
  }

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    waitingEnter = false;
    if (!box.value.trim()) return close();
    if (!event.isComposing) timer = setTimeout(look, PAUSE_MILLISECONDS);
  });
  box.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MILLISECONDS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const act = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: enter,
      Escape: () => {
        if (list.hidden) box.value = "";
        close();
      },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  box.addEventListener("paste", (event) => {
    const entries = entriesIn(event.clipboardData?.getData("text") ?? "");
    if (entries.length < 2) return;
    event.preventDefault();
    box.value = "";
    close();
    add(entries, null);
  });
  box.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  box.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
  return { close };
}
