/** The buttons under the transcript: what can be done with the current turn, each with its key. */

import { dress } from "./colours.js";
import { $, button, el } from "./elements.js";
import { keyFor } from "./keys.js";
import { say } from "./language.js";
import { clock } from "./times.js";

/** [command, icon, words] */
const BUTTONS = [
  ["hear_turn", "play", "do_hear"],
  ["edit", "edit", "do_edit"],
  ["check_on", "check", "do_check"],
  ["who", "who", "do_who"],
  ["split", "split", "do_split"],
  ["join", "join", "do_join"],
  ["insert", "insert", "do_insert"],
  ["delete", "delete", "do_delete"],
];

export class Toolbar {
  constructor(meeting, transcript, editor) {
    Object.assign(this, { meeting, transcript, editor });
    this.root = $("actions");
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
    // A click here must not end the editing of a turn before the button has done its work.
    this.root.addEventListener("pointerdown", (event) => this.editor.active && event.preventDefault());
    transcript.addEventListener("current", () => this.show());
    meeting.addEventListener("changed", () => this.show());
    this.translate();
  }

  translate() {
    this.badge = el("span", { class: "badge" });
    this.about = el("span", { class: "about" });
    const buttons = BUTTONS.map(([command, sign, words], n) => {
      const key = keyFor(command);
      const title = `${say(command)} (${key})`;
      const made = button({ icon: sign, text: say(words), title, data: { do: command }, "aria-keyshortcuts": key });
      made.append(el("kbd", { text: key, "aria-hidden": "true" }));
      made.tabIndex = n ? -1 : 0;
      return made;
    });
    this.root.replaceChildren(el("span", { class: "which" }, this.badge, this.about), ...buttons);
    this.show();
  }

  show() {
    const { turn, selected } = this.transcript;
    this.root.hidden = !this.meeting.speakers.length;
    if (!turn) return;
    const speaker = this.meeting.voices.get(turn.turn[2]);
    if (speaker) dress(this.badge, speaker.number);
    const told = say("turn_told", { time: clock(turn.turn[0]), speaker: this.meeting.label(speaker) });
    const words = selected ? ` · ${say("words_selected", { count: selected.to - selected.from + 1 })}` : "";
    if (this.about.textContent !== told + words) this.about.textContent = told + words;
  }

  /** Arrow keys go along the bar. */
  #pressed(event) {
    const all = [...this.root.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const n = all.length;
    const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    for (const each of all) each.tabIndex = each === all[to] ? 0 : -1;
    all[to].focus();
  }
}
