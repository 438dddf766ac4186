// Hears that the encounter changed elsewhere: another tab, another device, a restarted server.

import { streamAddress } from "./api.js";

const LONGEST_WAIT_SECONDS = 30;

/**
 * Calls `changed(seq)` at each change; seq is null when some may have been missed. `lost()` when the server
 * is gone, `found()` when it is back. A hidden tab holds no connection: browsers allow six to one server.
 */
export function listen(id, { changed, lost, found }) {
  let source = null;
  let failures = 0;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function open() {
    close();
    source = new EventSource(streamAddress(id));
    source.addEventListener("changed", (event) => changed(JSON.parse(event.data).seq));
    source.addEventListener("gone", () => {
      close();
      changed(null);
    });
    source.addEventListener("open", () => {
      if (failures > 1) found();
      if (failures) changed(null);
      failures = 0;
    });
    source.addEventListener("error", () => {
      close(); // the browser's own retry gives up for good on an error page, so ours replaces it
      failures += 1;
      if (failures === 2) lost();
      timer = setTimeout(open, 1000 * Math.min(2 ** (failures - 1), LONGEST_WAIT_SECONDS));
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();
    changed(null);
    open();
  });
  addEventListener("online", open);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    changed(null);
    open();
  });
  open();
}
