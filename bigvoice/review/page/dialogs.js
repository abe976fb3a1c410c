/** Windows over the page that ask something. Escape closes them; the focus goes back to where it was. */

import { button, el } from "./elements.js";
import { EDITING_KEYS, KEYS, shown, shownKeys } from "./keys.js";
import { say } from "./language.js";

/**
 * Opens a dialog. `build(close)` gives its elements; the first field, or what is marked autofocus, has the focus.
 * @returns {HTMLDialogElement}
 */
export function open(title, build, { wide = false } = {}) {
  const heading = el("h2", { text: title, id: "dialog-title" });
  const dialog = el("dialog", { "aria-labelledby": "dialog-title", class: wide ? "wide" : "" });
  const close = () => dialog.close();
  const cross = button({ icon: "close", label: say("close"), class: "cross", on: { click: close } });
  dialog.append(heading, ...build(close, dialog), cross);
  dialog.addEventListener("close", () => dialog.remove());
  closeByClickBeside(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A click beside a dialog closes it: a whole one, not the second of a double click, and not where she has typed. */
function closeByClickBeside(dialog) {
  let pressed = false;
  let typed = false;
  dialog.addEventListener("input", () => (typed = true));
  dialog.addEventListener("pointerdown", (event) => (pressed = isBeside(dialog, event)));
  dialog.addEventListener("click", (event) => {
    if (pressed && !typed && event.detail === 1 && isBeside(dialog, event)) dialog.close();
  });
}

/** What is beside a dialog belongs to it for the browser, and so does the room around its text. */
function isBeside(dialog, { target, clientX: x, clientY: y }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (x < left || x > right || y < top || y > bottom);
}

/** A row of buttons under a dialog: what to do (`act` closes it by itself where `stays`), and not to. */
export function choices(close, text, act, { stays = false } = {}) {
  const run = () => {
    if (!stays) close();
    act();
  };
  const main = button({ text, class: "main", on: { click: run } });
  return el("p", { class: "choices" }, main, button({ text: say("cancel"), on: { click: close } }));
}

/** Asks whether to go on. */
export function confirm(title, told, text, act) {
  open(title, (close) => [el("p", { text: told }), choices(close, text, act)]);
}

/** All keys, as the table has them. */
export function help() {
  const groups = ["hear", "go", "mend", "note"].map(
    (group) => [say(`keys_${group}`), KEYS.filter((row) => row.group === group)]
  );
  const all = [...groups, [say("keys_editing"), EDITING_KEYS]];
  open(
    say("keys_title"),
    () => [
      el("p", { class: "quiet", text: say("keys_told") }),
      el(
        "div",
        { class: "keys" },
        ...all.map(([title, rows]) => el("section", {}, el("h3", { text: title }), table(rows))),
      ),
      el("h3", { text: say("mouse_title") }),
      el("p", { text: say("mouse_told") }),
    ],
    { wide: true },
  );
}

function table(rows) {
  const line = (row) => {
    const keys = row.reading || row.typing.length > 1 ? shownKeys(row) : row.typing.map(shown);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, ...keys.flatMap((key) => [el("kbd", { text: key }), " "])),
      el("td", { text: say(row.does) }),
    );
  };
  return el("table", {}, el("tbody", {}, ...rows.map(line)));
}
