/** The page's words in the language of the person: the browser's, or the one chosen. */

import english from "./words_en.js";
import korean from "./words_ko.js";

const LANGUAGES = { en: english, ko: korean };
const KEPT = "bigvoice language";

let current = chosen();

/** The language that was chosen before, else the browser's first that the page speaks, else English. */
function chosen() {
  const wanted = [remembered(), ...navigator.languages].map((tag) => (tag ?? "").slice(0, 2));
  return wanted.find((tag) => tag in LANGUAGES) ?? "en";
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** "en" or "ko". */
export const language = () => current;

/** Chooses a language, for the next visit too. @param {string} tag */
export function choose(tag) {
  current = tag in LANGUAGES ? tag : "en";
  try {
    localStorage.setItem(KEPT, current);
  } catch {
    // it holds for this visit
  }
}

/** The words of a key, its {places} filled. @param {string} key @param {Record<string, unknown>} [values] */
export function say(key, values = {}) {
  const words = LANGUAGES[current][key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Writes the words into everything of the page that asks for them. @param {ParentNode} root */
export function translate(root = document) {
  document.documentElement.lang = current;
  for (const each of root.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of root.querySelectorAll("[data-say-placeholder]")) {
    each.setAttribute("placeholder", say(each.dataset.sayPlaceholder));
  }
  for (const each of root.querySelectorAll("[data-say-label]")) label(each, say(each.dataset.sayLabel));
}

/** A label for screen readers; on buttons, which show an icon, also for the eye. */
function label(element, words) {
  element.setAttribute("aria-label", words);
  if (element.matches("button")) element.title = words;
}

/** A length of time in words: "12 min", "1 h 5 min", "1 min 42 s". @param {number} seconds */
export function lasting(seconds) {
  const s = Math.round(seconds);
  if (s < 60) return say("seconds", { s });
  if (s < 600) return say("minutes_seconds", { m: Math.floor(s / 60), s: s % 60 });
  const m = Math.round(s / 60);
  return m < 60 ? say("minutes", { m }) : say("hours", { h: Math.floor(m / 60), m: m % 60 });
}
