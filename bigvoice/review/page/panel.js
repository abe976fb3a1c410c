/** The side panel: sheets under tabs, of which one is seen. Only that one is kept up to date. */

import { $, el } from "./elements.js";
import { say } from "./language.js";

export class Panel {
  #pressing = false; // a button of the mouse is down in the sheet
  #stale = false; // and it would show something else by now

  /** @param {{name: string, count?: () => number, show: (root: HTMLElement) => void}[]} sheets */
  constructor(sheets, keep) {
    this.sheets = sheets;
    this.keep = keep;
    this.seen = sheets.find((sheet) => sheet.name === keep.get("sheet")) ?? sheets[0];
    $("tabs").addEventListener("keydown", (event) => this.#pressed(event));
    $("panel").addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.close());
    $("sheet").addEventListener("pointerdown", () => (this.#pressing = true));
    for (const event of ["pointerup", "pointercancel"]) document.addEventListener(event, () => this.#released());
    this.translate();
  }

  /** Brings a sheet to the front; `focus`: and its tab has the focus. */
  open(name, { focus = false } = {}) {
    document.body.classList.add("panel-open");
    $("open-panel").setAttribute("aria-expanded", "true");
    this.#choose(this.sheets.find((sheet) => sheet.name === name));
    if (focus) this.#tab(this.seen).focus();
  }

  /** In a narrow window the panel lies over the transcript, and can be closed. */
  toggle() {
    const open = document.body.classList.toggle("panel-open");
    $("open-panel").setAttribute("aria-expanded", String(open));
    if (open) this.#tab(this.seen).focus();
    else $("open-panel").focus();
  }

  /** Where it lies over the transcript: no longer. */
  close() {
    if (document.body.classList.contains("panel-open") && $("open-panel").offsetParent) this.toggle();
  }

  /** Shows the sheet as things are now; the focus stays where it was in it, and so does what is being clicked. */
  show() {
    this.#stale = this.#pressing;
    if (this.#pressing) return;
    for (const sheet of this.sheets) this.#count(sheet);
    const sheet = $("sheet");
    const focus = focusIn(sheet);
    this.seen.show(sheet);
    restore(sheet, focus);
  }

  translate() {
    $("tabs").replaceChildren(...this.sheets.map((sheet) => this.#made(sheet)));
    $("sheet").replaceChildren();
    this.#choose(this.seen);
  }

  /** The click comes first. */
  #released() {
    this.#pressing = false;
    if (this.#stale) setTimeout(() => this.show());
  }

  #made(sheet) {
    const id = `tab-${sheet.name}`;
    const made = el(
      "button",
      { type: "button", role: "tab", id, "aria-controls": "sheet", on: { click: () => this.#choose(sheet) } },
    );
    made.append(el("span", { text: say(sheet.name) }), el("span", { class: "count" }));
    return made;
  }

  #tab(sheet) {
    return $(`tab-${sheet.name}`);
  }

  #count(sheet) {
    const place = this.#tab(sheet).querySelector(".count");
    const count = String(sheet.count?.() || "");
    if (place.textContent !== count) place.textContent = count;
  }

  #choose(sheet) {
    const other = sheet !== this.seen;
    this.seen = sheet;
    this.keep.set("sheet", sheet.name);
    for (const each of this.sheets) {
      this.#tab(each).setAttribute("aria-selected", String(each === sheet));
      this.#tab(each).tabIndex = each === sheet ? 0 : -1;
    }
    $("sheet").setAttribute("aria-labelledby", `tab-${sheet.name}`);
    $("sheet").setAttribute("role", "tabpanel");
    $("sheet").dataset.name = sheet.name;
    if (other) $("sheet").replaceChildren();
    this.show();
    if (other) $("sheet").scrollTop = 0;
  }

  #pressed(event) {
    const at = this.sheets.indexOf(this.seen);
    const n = this.sheets.length;
    const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(this.sheets[to]);
    this.#tab(this.seen).focus();
  }
}

const FOCUSABLE = "button, input, select, textarea, summary";

/** Where in a root the focus is: the name of the thing and its number, to find it again after all was made anew. */
function focusIn(root) {
  const active = document.activeElement;
  if (!root.contains(active)) return null;
  return {
    name: active.closest("[data-name]")?.dataset.name,
    part: active.dataset.part,
    number: [...root.querySelectorAll(FOCUSABLE)].indexOf(active),
  };
}

function restore(root, focus) {
  if (!focus || root.contains(document.activeElement)) return;
  const named = [...root.querySelectorAll("[data-name]")].find((each) => each.dataset.name === focus.name);
  const all = [...root.querySelectorAll(FOCUSABLE)];
  const same = [...(named?.querySelectorAll(FOCUSABLE) ?? [])].find((each) => each.dataset.part === focus.part);
  (same ?? all[Math.min(focus.number, all.length - 1)])?.focus({ preventScroll: true });
}
