/** The meeting as the server has it, and what the page asks of it. Tells "changed" with {gone, now, whole}. */

import { say } from "./language.js";
import { difference, keyOf, patched, placeKey } from "./patching.js";

export class Meeting extends EventTarget {
  turns = [];
  speakers = [];
  doubts = [];
  notes = [];
  revision = -1;

  /** Takes a whole state over. */
  take(state) {
    const change = difference(this.turns, state.turns);
    this.#hold({ ...state, turns: state.turns });
    this.#tell(change, true);
  }

  /** Takes the answer to a change over: a whole state where another window was faster. */
  patch(answer) {
    if (Array.isArray(answer.turns)) return this.take(answer);
    const change = answer.turns;
    this.#hold({ ...answer, turns: patched(this.turns, change) });
    return this.#tell(change, false);
  }

  #hold(values) {
    Object.assign(this, values);
    this.numbers = new Map(this.turns.map((turn, number) => [keyOf(turn), number]));
    this.voices = new Map(this.speakers.map((speaker) => [speaker.id, speaker]));
    this.unsure = new Map();
    for (const doubt of this.doubts) {
      const key = placeKey(doubt.turn);
      if (!this.unsure.has(key)) this.unsure.set(key, { words: new Set(), who: false });
      const unsure = this.unsure.get(key);
      if (doubt.kind === "word") for (let n = 0; n < (doubt.n_words ?? 1); n++) unsure.words.add(doubt.word + n);
      else unsure.who ||= doubt.kind === "turn";
    }
  }

  #tell(change, whole) {
    this.dispatchEvent(new CustomEvent("changed", { detail: { ...change, whole } }));
  }

  /** The turn of a key, or undefined. @param {string} key */
  find(key) {
    return this.turns[this.numbers.get(key)];
  }

  /** The turn so many after one; undefined beyond the ends. */
  after(turn, step) {
    return this.turns[this.numbers.get(keyOf(turn)) + step];
  }

  /** What a speaker is called: the name, with a question mark where it is only suggested, or "Speaker 2". */
  label(speaker) {
    if (!speaker) return "";
    if (!speaker.name) return say("speaker", { number: speaker.number });
    return speaker.named_by === "suggested" ? `${speaker.name}?` : speaker.name;
  }

  /** What the speaker of an id is called. @param {string} id */
  called(id) {
    return this.label(this.voices.get(id));
  }

  /** The speaker of a number, as badges show it. @param {number} number */
  numbered(number) {
    return this.speakers.find((speaker) => speaker.number === number);
  }
}
