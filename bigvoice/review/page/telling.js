/** What the page tells: for a moment on the screen, and to screen readers. */

import { $, button, el } from "./elements.js";

const SEEN_MS = 6000;

/** Shows a sentence for a while. `action`: {text, do} makes a button of it. `wrong`: something went wrong. */
export function toast(text, { action = null, wrong = false } = {}) {
  const made = el("div", { class: wrong ? "toast wrong" : "toast" }, el("span", { text }));
  if (action) {
    const run = () => {
      made.remove();
      action.do();
    };
    made.append(button({ text: action.text, on: { click: run } }));
  }
  $("toasts").replaceChildren(made);
  const timer = setTimeout(() => made.remove(), wrong || action ? 2 * SEEN_MS : SEEN_MS);
  made.addEventListener("pointerenter", () => clearTimeout(timer));
  made.addEventListener("focusin", () => clearTimeout(timer));
}

/** Says something to screen readers only; the same words twice are said twice. @param {string} text */
export function announce(text) {
  const place = $("announcer");
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}

/** Shows a banner under a name, or takes it away (no text). */
export function banner(name, text, ...buttons) {
  const old = $("banners").querySelector(`[data-name="${name}"]`);
  if (!text) return old?.remove();
  const made = el("div", { class: `banner ${name}`, data: { name } }, el("p", { text }), ...buttons);
  if (!old) $("banners").prepend(made);
  else if (old.textContent !== made.textContent) old.replaceWith(made);
}
