// The words of the page, in the language the server rendered it in.

const words = JSON.parse(document.getElementById("words").textContent);

/** `zh` or `en`: the language of the user interface. */
export const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

/** The text of `key`, with `{name}` replaced from `values`. */
export function t(key, values = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The value of the html `lang` attribute for a language of the API. */
export function htmlLang(language) {
  return language === "zh" ? "zh-CN" : "en";
}

/** A probability as whole per cent; what is not zero is never shown as 0 %. */
export function percent(p) {
  const whole = Math.round(p * 100);
  if (whole === 0 && p > 0) return "<1%";
  if (whole === 100 && p < 1) return ">99%";
  return `${whole}%`;
}

const locale = lang === "zh" ? "zh-CN" : "en-GB";
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", day: "numeric" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** Date and time in full, for paper. */
export function fullDate(iso) {
  const at = new Date(iso);
  return `${day.format(at)} ${clock.format(at)}`;
}

/** "today 14:05", "yesterday 09:30", or the date. */
export function nearDate(iso) {
  const at = new Date(iso);
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
  const name = days > -2 && days <= 0 ? relative.format(days, "day") : day.format(at);
  return `${name} ${clock.format(at)}`;
}
