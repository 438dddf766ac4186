// One list: what the person has entered, kept on the server as they go, and the report that comes back.
//
// One request at a time. What is not yet on the server stays on this device; a list that another tab changed
// is fetched and both changes are laid together, so nothing typed is lost.

import { Problem } from "./api.js";
import { lang } from "./i18n.js";
import { getList, saveList, setAside, takeBack } from "./medicines_api.js";
import { getUnsent, setUnsent } from "./memory.js";

const PAUSE_MILLISECONDS = 350;
const LONGEST_WAIT_SECONDS = 30;
const FACTS = ["age_years", "sex", "pregnant", "pregnant_weeks", "breastfeeding", "egfr_ml_min", "child_pugh", "weight_kg"];
const WRITTEN = ["allergies", "conditions"];

let lastKey = 0;
const newKey = () => `m${++lastKey}`;
const copy = (value) => JSON.parse(JSON.stringify(value));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const bare = ({ name, dose, route }) => ({ name, dose: dose || null, route: route || null });
const body = ({ label, drugs, patient }) => ({ label: label.trim(), drugs: drugs.map(bare), patient });

/** The server's entries with the keys that the same entries have here, so that rows on screen stay what they are. */
function withKeys(drugs, known) {
  const free = [...known];
  const take = (test) => {
    const at = free.findIndex(test);
    return at < 0 ? null : free.splice(at, 1)[0].key;
  };
  const keys = drugs.map((drug) => take((other) => same(bare(other), bare(drug))));
  return drugs.map((drug, n) => ({ key: keys[n] ?? take((other) => other.name === drug.name) ?? newKey(), ...bare(drug) }));
}

function contentOf(view, known = []) {
  return { label: view.label, drugs: withKeys(view.drugs, known), patient: copy(view.patient) };
}

function mergedDrugs(base, mine, theirs) {
  const byKey = (drugs) => new Map(drugs.map((drug) => [drug.key, drug]));
  const before = byKey(base), now = byKey(mine), there = byKey(theirs);
  const touched = (key) => before.has(key) && now.has(key) && !same(bare(before.get(key)), bare(now.get(key)));
  const added = mine.filter((drug) => !before.has(drug.key));
  const twins = new Map(); // added on both sides, or saved by a request whose answer was lost
  for (const drug of theirs.filter((drug) => !before.has(drug.key))) {
    const twin = added.find((mineToo) => ![...twins.values()].includes(mineToo) && same(bare(mineToo), bare(drug)));
    if (twin) twins.set(drug.key, twin);
  }
  return [
    ...theirs
      .filter((drug) => !before.has(drug.key) || now.has(drug.key))
      .map((drug) => twins.get(drug.key) ?? (touched(drug.key) ? now.get(drug.key) : drug)),
    ...mine.filter((drug) => before.has(drug.key) && !there.has(drug.key) && touched(drug.key)),
    ...added.filter((drug) => ![...twins.values()].includes(drug)),
  ];
}

/** What both sides changed since `base`, laid together; where both changed the same thing, mine. */
function merged(base, mine, theirs) {
  const patient = {};
  for (const fact of FACTS) patient[fact] = same(base.patient[fact], mine.patient[fact]) ? theirs.patient[fact] : mine.patient[fact];
  for (const list of WRITTEN) {
    const removed = base.patient[list].filter((word) => !mine.patient[list].includes(word));
    const kept = theirs.patient[list].filter((word) => !removed.includes(word));
    patient[list] = [...kept, ...mine.patient[list].filter((word) => !base.patient[list].includes(word) && !kept.includes(word))];
  }
  return {
    label: base.label === mine.label ? theirs.label : mine.label,
    drugs: mergedDrugs(base.drugs, mine.drugs, theirs.drugs),
    patient,
  };
}

/**
 * `changed(content)` whenever the content is different; `checked(report)` with each report; `saving(state, error)`
 * with saved, saving, waiting (tries again by itself) or refused; `elsewhere()` when another tab's change came in;
 * `gone(error)` when the list is no longer there.
 */
export function createKeeper(id, { changed, checked, saving, elsewhere, gone }) {
  let base = null; // as the server has it
  let mine = null; // as it is on screen
  let view = null;
  let dirty = false;
  let busy = false;
  let closed = false;
  let tries = 0;
  let timer = 0;

  function remember() {
    setUnsent(id, dirty ? { base, mine } : null);
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  /** Takes in an answer of the server; `sent` is what it answers to, if it was a save. */
  function accept(fresh, sent = null) {
    if (view && fresh.version < view.version) return;
    const foreign = view !== null && !sent && fresh.version > view.version;
    if (foreign && dirty) {
      view = { ...view, report: fresh.report }; // the save that follows will meet the other change
    } else {
      view = fresh;
      base = sent ?? contentOf(fresh, mine?.drugs);
      if (!sent && !dirty) mine = copy(base);
    }
    remember();
    changed(mine);
    checked(view.report);
    if (foreign && !dirty) elsewhere();
  }

  /** Fetches the list and lays what is unsaved over it. */
  async function rebase() {
    const fresh = await getList(id);
    const theirs = contentOf(fresh, base.drugs);
    const both = merged(base, mine, theirs);
    const foreign = !same(body(theirs), body(mine));
    view = fresh;
    base = theirs;
    mine = both;
    dirty = !same(body(mine), body(base));
    remember();
    changed(mine);
    checked(view.report);
    if (foreign) elsewhere();
  }

  function failed(error) {
    if (error.status === 404) {
      closed = true;
      return gone(error);
    }
    if (error instanceof Problem) return saving("refused", error);
    tries += 1;
    saving("waiting", error);
    plan(1000 * Math.min(2 ** (tries - 1), LONGEST_WAIT_SECONDS));
  }

  async function save(options) {
    clearTimeout(timer);
    if (busy || closed || !dirty) return;
    busy = true;
    if (tries === 0) saving("saving");
    const sent = copy(mine);
    dirty = false;
    try {
      const fresh = await saveList(id, { ...body(sent), lang, version: view.version }, options);
      tries = 0;
      accept(fresh, sent);
    } catch (error) {
      dirty = true;
      const stillOpen = error.status === 409 && await rebase().then(() => true, (again) => failed(again));
      if (error.status !== 409) failed(error);
      busy = false;
      if (stillOpen) after();
      return;
    }
    busy = false;
    after();
  }

  function after() {
    if (dirty) plan(PAUSE_MILLISECONDS);
    else saving("saved");
  }

  /** Brings what is on screen to the server, if that can be done now. */
  async function settle() {
    await save();
    while (busy) await new Promise((resolve) => setTimeout(resolve, 30));
    if (dirty) await save();
  }

  async function alone(work) {
    await settle();
    busy = true;
    try {
      accept(await work());
    } finally {
      busy = false;
      if (dirty) plan(PAUSE_MILLISECONDS);
    }
  }

  addEventListener("online", () => save());
  addEventListener("pagehide", () => save({ keepalive: true }));
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || busy || dirty || closed || !view) return;
    const fresh = await getList(id).catch((error) => error.status === 404 && failed(error));
    if (fresh && !busy && fresh.version > view.version) accept(fresh);
  });

  return {
    get content() {
      return mine;
    },
    /** The first fetch, and what an earlier page could not save. */
    async start() {
      const unsent = getUnsent(id);
      const fresh = await getList(id);
      accept(fresh);
      if (unsent?.base && unsent?.mine) {
        for (const drug of unsent.mine.drugs) drug.key = `u${drug.key}`;
        for (const drug of unsent.base.drugs) drug.key = `u${drug.key}`;
        base = contentOf(fresh, unsent.base.drugs);
        mine = merged(unsent.base, unsent.mine, base);
        changed(mine);
      }
      dirty = fresh.lang !== lang || !same(body(mine), body(base));
      remember();
      if (dirty) save();
      else saving("saved");
    },
    /** `change(content)` alters it in place. */
    edit(change) {
      change(mine);
      dirty = true;
      remember();
      if (tries === 0) saving("saving");
      changed(mine);
      plan(PAUSE_MILLISECONDS);
    },
    addDrugs(entries) {
      const added = entries.map((entry) => ({ key: newKey(), ...bare(entry) }));
      this.edit((content) => content.drugs.push(...added));
      return added;
    },
    retry() {
      tries = 0;
      return save();
    },
    setAside: (alert, reason, comment) => alone(() => setAside(id, alert, reason, comment)),
    takeBack: (alert) => alone(() => takeBack(id, alert)),
  };
}
