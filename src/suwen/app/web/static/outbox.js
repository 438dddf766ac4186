// Sends one message at a time until the server has it: kept on the device, repeated under the same key.

import { Problem, sendMessage } from "./api.js";
import { getUnsent, setUnsent } from "./memory.js";

const AUTOMATIC_TRIES = 12;
const LONGEST_WAIT_SECONDS = 30;

/**
 * `changed(message, state)` on every step, state being sending, waiting or failed, and message null when there
 * is none; `answered(view)` when it arrived; `refused(problem, message)` when the server will not have it.
 */
export function createOutbox(id, { changed, answered, refused }) {
  let message = getUnsent(id);
  let tries = 0;
  let timer = 0;
  let sending = false;

  function clear() {
    message = null;
    tries = 0;
    setUnsent(id, null);
    changed(null, "sent");
  }

  async function attempt() {
    if (!message || sending) return;
    clearTimeout(timer);
    sending = true;
    changed(message, "sending");
    try {
      const view = await sendMessage(id, message);
      sending = false;
      clear();
      answered(view);
    } catch (error) {
      sending = false;
      if (error instanceof Problem) {
        const refusedMessage = message;
        clear();
        refused(error, refusedMessage);
        return;
      }
      tries += 1;
      const more = tries < AUTOMATIC_TRIES;
      changed(message, more ? "waiting" : "failed");
      if (more) timer = setTimeout(attempt, 1000 * Math.min(2 ** (tries - 1), LONGEST_WAIT_SECONDS));
    }
  }

  addEventListener("online", attempt);

  return {
    /** True while a message has not been acknowledged. */
    isBusy: () => message !== null,
    send(next) {
      message = next;
      tries = 0;
      setUnsent(id, next);
      return attempt();
    },
    /** Sends what an earlier page left behind, or tries again now. */
    resume() {
      tries = 0;
      return attempt();
    },
  };
}
