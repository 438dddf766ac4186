// The top of every page: theme button, and the quiet line that says the network is gone.

import { byId, put } from "./dom.js";
import { t } from "./i18n.js";

const YEAR_SECONDS = 31_536_000;

export function setCookie(name, value, seconds = YEAR_SECONDS) {
  document.cookie = `${name}=${value}; path=/; max-age=${seconds}; samesite=lax`;
}

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  byId("theme")?.addEventListener("click", () => {
    const set = document.documentElement.dataset.theme;
    const system = dark.matches ? "dark" : "light";
    const next = (set === "auto" ? system : set) === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    if (next === system) setCookie("suwen_theme", "auto", 0);
    else setCookie("suwen_theme", next);
  });
}

let fading = 0;

/** Shows one quiet sentence under the header; with `seconds` it goes away by itself; "" hides it. */
export function say(text, seconds = 0) {
  clearTimeout(fading);
  put(byId("status"), text);
  if (seconds) fading = setTimeout(() => put(byId("status")), seconds * 1000);
}

function startNetwork() {
  addEventListener("offline", () => say(t("app.offline")));
  addEventListener("online", () => say(t("app.reconnected"), 3));
  if (!navigator.onLine) say(t("app.offline"));
}

/** Sets up the header; call once a page. */
export function startMasthead() {
  startTheme();
  startNetwork();
}
