// The side panel: beside the conversation on a wide screen, a sheet from below on a narrow one.

import { byId } from "./dom.js";

const wide = matchMedia("(min-width: 1000px)");

function behind() {
  return [document.querySelector(".masthead"), byId("pinned"), byId("main")];
}

function setOpen(open) {
  const panel = byId("panel");
  const asSheet = open && !wide.matches;
  document.body.classList.toggle("panel-is-open", asSheet);
  byId("veil").hidden = !asSheet;
  byId("panel-open").setAttribute("aria-expanded", String(asSheet));
  panel.inert = !open && !wide.matches;
  for (const element of behind()) element.inert = asSheet;
  if (asSheet) {
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
  } else {
    panel.removeAttribute("role");
    panel.removeAttribute("aria-modal");
  }
}

function open() {
  setOpen(true);
  byId("panel-close").focus();
}

function close() {
  setOpen(false);
  byId("panel-open").focus();
}

function startTabs(shown) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  function select(tab) {
    for (const each of tabs) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      byId(each.getAttribute("aria-controls")).hidden = !chosen;
    }
    shown();
  }
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
  }
}

/** `shown()` is called when a tab appears, so that what needs a width can be drawn. */
export function startPanel(shown) {
  byId("panel-open").addEventListener("click", () => { open(); shown(); });
  byId("panel-close").addEventListener("click", close);
  byId("veil").addEventListener("click", close);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("panel-is-open")) close();
  });
  // What sticks to the top grows and shrinks with the alarms; the panel begins below it.
  new ResizeObserver(() => document.documentElement.style.setProperty("--pinned", `${byId("pinned").offsetHeight}px`)).observe(byId("pinned"));
  wide.addEventListener("change", () => { setOpen(false); shown(); });
  startTabs(shown);
  setOpen(false);
}
