// What people type or paste: lines of medicines, each perhaps with its dose.

export const MOST_MEDICINES = 200;
const LONGEST_NAME = 200;
const LONGEST_DOSE = 100;

const BULLET = /^\s*(?:[-*•·●○]\s*|[(（]?\d{1,2}[.、)）](?!\d)\s*)/;
const AMOUNT = /\d+(?:\.\d+)?\s*(?:mcg|ug|µg|μg|微克|mg|毫克|g|克|ml|毫升|iu|单位|片|粒|袋|包|支|丸|颗|枚|滴|喷|tab|cap|sachet|puff)/iu;
const COUNT = /\s[半一二两三四五六]\s*(?:片|粒|袋|包|支|丸|颗|枚|滴|喷)/u;
const OFTEN = /(?:每日|每天|一天|一日|每晚|每早|每周|睡前|饭前|饭后|必要时|\s(?:qd|qn|bid|tid|qid|q\d+h|prn|once|twice|daily|weekly|every)\b)/iu;

/** "布洛芬 0.3g 每日2次" as {name, dose}; dose is null when the line holds none. */
export function split(line) {
  const text = line.replace(BULLET, "").trim();
  const places = [AMOUNT, COUNT, OFTEN].map((pattern) => text.search(pattern)).filter((place) => place > 0);
  const cut = places.length ? Math.min(...places) : text.length;
  const name = text.slice(0, cut).replace(/[\s,，、:：;；(（]+$/u, "");
  if (!name) return { name: text.slice(0, LONGEST_NAME), dose: null };
  const dose = text.slice(cut).trim().slice(0, LONGEST_DOSE);
  return { name: name.slice(0, LONGEST_NAME), dose: dose || null };
}

/** The medicines of a pasted text, one a line. */
export function entriesIn(text) {
  return text.split(/[\r\n;；]+/).map(split).filter((entry) => entry.name);
}

/** For comparing names as they are typed. */
export const fold = (text) => text.normalize("NFKC").trim().toLowerCase();
