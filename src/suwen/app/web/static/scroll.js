// Scrolling the conversation, still when the reader prefers no motion.

import { byId } from "./dom.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const GAP_PIXELS = 16;

function to(top, smooth) {
  scrollTo({ top, behavior: smooth && !still.matches ? "smooth" : "instant" });
}

export function scrollToEnd({ smooth = true } = {}) {
  to(document.documentElement.scrollHeight, smooth);
}

/** To the end, but never past the top of `element`: a long answer is read from its first line. */
export function scrollToNew(element) {
  const pinned = byId("pinned").getBoundingClientRect().height;
  const top = element.getBoundingClientRect().top + scrollY - pinned - GAP_PIXELS;
  to(Math.min(top, document.documentElement.scrollHeight - innerHeight), true);
}
