/** Commands that change nothing: hearing the meeting and going about in it. Named as in the table of keys. */

import { help } from "./dialogs.js";
import { $ } from "./elements.js";
import { say } from "./language.js";
import { announce } from "./telling.js";
import { textOf, wordAt } from "./texts.js";

const SKIP = 3; // seconds
const REGIONS = ["top", "player", "transcript", "panel"];

export class Going {
  /** @param {object} parts meeting, sound, transcript, editor, following, searching, todo, and the sheets */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** The current turn. */
  get turn() {
    return this.transcript.turn;
  }

  // hearing

  play() {
    this.sound.toggle();
  }

  back() {
    this.sound.skip(-SKIP);
  }

  forward() {
    this.sound.skip(SKIP);
  }

  slower() {
    this.sound.change(-1);
  }

  faster() {
    this.sound.change(1);
  }

  hear_turn() {
    if (this.turn) this.sound.playFrom(...this.turn.turn.slice(0, 2));
  }

  hear_slowly() {
    if (this.turn) this.sound.playFrom(...this.turn.turn.slice(0, 2), { slowly: true });
  }

  /** From the selected word on; while editing, from the word at the caret. */
  hear_word() {
    if (!this.turn) return;
    const n = this.editor.active ? wordAt(this.turn.words, this.editor.caret) : this.transcript.selected?.from ?? 0;
    this.sound.playFrom(this.turn.words[n]?.[0] ?? this.turn.turn[0]);
  }

  follow() {
    this.following.set(!this.following.on);
  }

  // going

  next_turn() {
    this.#go(1);
  }

  previous_turn() {
    this.#go(-1);
  }

  first_turn() {
    this.transcript.choose(this.meeting.turns[0], { focus: true });
  }

  last_turn() {
    this.transcript.choose(this.meeting.turns.at(-1), { focus: true });
  }

  to_transcript() {
    this.transcript.choose(this.turn, { focus: true });
  }

  spoken_turn() {
    this.transcript.choose(this.following.turn ?? this.meeting.turns[0], { focus: true });
    this.following.set(true);
  }

  next_word() {
    this.#word(1);
  }

  previous_word() {
    this.#word(-1);
  }

  more_words() {
    const { selected } = this.transcript;
    if (!selected) return this.#word(1);
    return this.#select(selected.from, selected.to + 1);
  }

  fewer_words() {
    const { selected } = this.transcript;
    if (selected && selected.to > selected.from) this.#select(selected.from, selected.to - 1);
  }

  next_doubt() {
    if (!this.todo.step(1)) announce(say("todo_none"));
  }

  previous_doubt() {
    if (!this.todo.step(-1)) announce(say("todo_none"));
  }

  search() {
    this.searching.open();
  }

  next_found() {
    this.searching.step(1);
  }

  previous_found() {
    this.searching.step(-1);
  }

  next_region() {
    this.#region(1);
  }

  previous_region() {
    this.#region(-1);
  }

  panel() {
    this.sheets.toggle();
  }

  help() {
    help();
  }

  #go(step) {
    const next = this.turn && this.meeting.after(this.turn, step);
    this.transcript.choose(next ?? this.turn, { focus: true });
  }

  #word(step) {
    const { turn } = this;
    if (!turn?.words.length) return;
    const { selected } = this.transcript;
    const at = selected ? (step > 0 ? selected.to + 1 : selected.from - 1) : step > 0 ? 0 : turn.words.length - 1;
    this.#select(at, at);
  }

  #select(from, to) {
    const last = this.turn.words.length - 1;
    const range = { from: Math.min(last, Math.max(0, from)), to: Math.min(last, Math.max(0, to)) };
    this.transcript.select(range);
    announce(textOf(this.turn.words.slice(range.from, range.to + 1)));
  }

  #region(step) {
    const at = REGIONS.findIndex((id) => $(id).contains(document.activeElement));
    const next = REGIONS[(at + step + REGIONS.length) % REGIONS.length];
    if (next === "transcript" && this.transcript.current) this.transcript.current.li.focus();
    else if (next === "panel") this.sheets.open(this.sheets.seen.name, { focus: true });
    else [...$(next).querySelectorAll("button, input, [tabindex='0']")].find((each) => !each.disabled)?.focus();
  }
}
