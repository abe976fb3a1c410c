/** Keys and buttons, and the commands that they set off. */

import { isTyping } from "./elements.js";
import { commandOf, pressed, repeats } from "./keys.js";

const OF_CONTROLS = new Set(
  ["Space", "Enter", "NumpadEnter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]
);
const AT_ONE_CLICK = new Set(["delete", "join"]); // a double click would take the next turn as well

/** @param {object} page of which going and mending have the commands, a method each */
export function listenToKeys({ going, mending, editor }) {
  const run = (command, number) => (command in going ? going : mending)[command](number);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || event.altKey) return;
    const typing = isTyping(event.target);
    if (document.querySelector("dialog[open]") && !/^(Ctrl|F[789])/.test(pressed(event))) return;
    if (isControl(event.target) && OF_CONTROLS.has(event.code) && !event.ctrlKey) return;
    const command = commandOf(event, typing);
    if (!command || (editor.active && command === "edit")) return;
    event.preventDefault();
    if (event.repeat && !repeats(command)) return;
    run(command, /^\d$/.test(pressed(event)) ? Number(pressed(event)) : undefined);
  });
  document.addEventListener("click", (event) => {
    const command = event.target.closest?.("[data-do]")?.dataset.do;
    if (!command) return;
    event.preventDefault();
    if (event.detail < 2 || !AT_ONE_CLICK.has(command)) run(command);
  });
}

/** Something that has its own use for Space, Enter and arrows. */
const isControl = (target) => target instanceof Element && target.matches("button, select, summary, a, [role=slider]");
