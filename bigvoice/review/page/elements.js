/** Elements made and found; what comes from outside becomes text, never markup. */

import { ICONS } from "./icons.js";

/** @param {string} id @returns {HTMLElement} */
export const $ = (id) => document.getElementById(id);

/**
 * An element. `class`, `text`, `data` (an object), `on` (listeners by event) and `is` (properties) are treated as such,
 * every other key is an attribute; null and false leave it out.
 */
export function el(tag, given = {}, ...children) {
  const { class: classes, text, data, on, is, ...attributes } = given;
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  Object.assign(made.dataset, data ?? {});
  for (const [event, listener] of Object.entries(on ?? {})) made.addEventListener(event, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return Object.assign(made, is ?? {});
}

/** A button with an icon before its text, or an icon alone with a label. */
export function button({ icon: name, text, label, ...given }, ...children) {
  const made = el("button", { type: "button", "aria-label": label ?? null, title: label ?? null, ...given });
  if (name) made.append(icon(name));
  if (text) made.append(el("span", { text }));
  made.append(...children);
  return made;
}

/** Runs something on Enter in a field, but not on the Enter that ends a syllable of Korean. */
export function onEnter(field, run) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    run();
  });
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing that says nothing to a screen reader. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Puts the icons into what the page was written with. */
export function drawIcons() {
  for (const place of document.querySelectorAll("[data-icon]")) place.prepend(icon(place.dataset.icon));
}

/** A text field or the like has the focus: keys write. @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/** Whether motion is wanted. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
