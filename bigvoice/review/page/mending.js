/** Commands that change the minutes. Named as in the table of keys. */

import { assign, assignWords, check, join, newId, remove, split, splitAt } from "./corrections.js";
import { $ } from "./elements.js";
import { say } from "./language.js";
import { announce, toast } from "./telling.js";
import { wordsBefore } from "./texts.js";

export class Mending {
  /** @param {object} parts meeting, saving, sound, transcript, editor, searching, asking, and the sheets */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** The current turn. */
  get turn() {
    return this.transcript.turn;
  }

  edit() {
    if (this.turn && !this.editor.active) this.editor.start(this.turn, { words: this.transcript.selected });
  }

  async check_on() {
    const { turn } = this;
    if (!turn) return;
    const next = this.meeting.after(turn, 1);
    if (next) this.transcript.choose(next, { focus: true });
    if (!turn.checked && (await this.saving.correct([check(turn, true)]))) announce(say("check_done"));
  }

  async check() {
    const { turn } = this;
    if (!turn) return;
    if (!(await this.saving.correct([check(turn, !turn.checked)]))) return;
    announce(say(turn.checked ? "uncheck_done" : "check_done"));
  }

  /** @param {number} number of the speaker, as badges show it */
  assign(number) {
    const speaker = this.meeting.numbered(number);
    if (speaker) this.give(speaker.id);
    else toast(say("no_such_speaker", { number }));
  }

  assign_new() {
    this.give(newId(this.meeting.speakers));
  }

  /** The turn, or the words of it that are selected, to a speaker. */
  async give(id) {
    const { turn } = this;
    const { selected } = this.transcript;
    if (!turn || turn.turn[2] === id) return;
    const all = !selected || (selected.from === 0 && selected.to === turn.words.length - 1);
    const steps = all ? [assign(turn, id)] : assignWords(turn, selected.from, selected.to, id);
    const [start, end] = steps.at(-1).turn;
    this.transcript.select(null);
    if (!(await this.#savedThenAt(steps, [start, end, id]))) return;
    announce(say("assign_done", { speaker: this.meeting.called(id) }));
  }

  who() {
    this.asking.who((id) => this.give(id));
  }

  rename() {
    if (!this.turn) return;
    this.sheets.open("speakers");
    this.speakers.focus(this.turn.turn[2], () => {
      this.sheets.close();
      this.transcript.choose(this.turn, { focus: true });
    });
  }

  async split() {
    if (this.editor.active) return this.split_here();
    const { turn } = this;
    const { selected } = this.transcript;
    const step = turn && (turn.words.length ? selected && split(turn, selected.from) : splitAt(turn, this.sound.time));
    if (!step) return toast(say("nothing_to_split"));
    return this.#split(turn, step);
  }

  /** While editing: the text is saved, then the turn split where the caret stood. */
  async split_here() {
    const [{ turn }, caret] = [this.editor.active, this.editor.caret];
    if (!(await this.editor.commit({ focus: true }))) return;
    const now = this.meeting.find(turn.turn.join(" "));
    const step = now && split(now, wordsBefore(now.words, caret));
    if (step) await this.#split(now, step);
    else toast(say("nothing_to_split"));
  }

  async #split(turn, step) {
    const [, end, speaker] = turn.turn;
    if (await this.#savedThenAt([step], [step.at, end, speaker])) announce(say("split_done"));
  }

  /** Makes corrections; then the turn of a place is the current one, unless she went on to another meanwhile. */
  async #savedThenAt(steps, place) {
    const { visits } = this.transcript;
    if (!(await this.saving.correct(steps))) return false;
    const turn = this.meeting.find(place.join(" "));
    if (turn && this.transcript.visits === visits) this.transcript.choose(turn);
    return true;
  }

  join() {
    const next = this.turn && this.meeting.after(this.turn, 1);
    return this.#join(this.turn, next);
  }

  join_previous() {
    const before = this.turn && this.meeting.after(this.turn, -1);
    return this.#join(before, this.turn);
  }

  async #join(first, second) {
    if (!first || !second) return toast(say("nothing_to_join"));
    if (!(await this.saving.correct([join(first, second)]))) return undefined;
    return announce(say("join_done"));
  }

  insert() {
    this.asking.insert();
  }

  async delete() {
    const { turn } = this;
    if (!turn || !(await this.saving.correct([remove(turn)]))) return;
    toast(say("delete_done"), { action: { text: say("undo"), do: () => this.undo() } });
  }

  undo() {
    return this.#move("undo", "undone", "nothing_to_undo");
  }

  redo() {
    return this.#move("redo", "redone", "nothing_to_redo");
  }

  async #move(move, told, nothing) {
    const what = this.meeting[move];
    if (!what && !this.saving.jobs.length) return announce(say(nothing));
    if (!(await this.saving.move(move))) return undefined;
    return toast(say(told, { what: what ?? "" }));
  }

  replacing() {
    const hidden = $("replacement").toggleAttribute("hidden");
    $("replacing").setAttribute("aria-expanded", String(!hidden));
    if (!hidden) $("instead").focus();
  }

  async replace_all() {
    const corrections = this.searching.corrections($("instead").value.normalize("NFC"));
    if (!corrections.length || !(await this.saving.correct(corrections))) return;
    toast(say("replaced", { count: corrections.length }), { action: { text: say("undo"), do: () => this.undo() } });
  }

  // noting

  decision() {
    this.notes.ask("decision");
  }

  action() {
    this.notes.ask("action");
  }

  agenda_point() {
    this.notes.ask("agenda_point");
  }
}
