/** Search in all turns, drawn or not; and the same words replaced everywhere, as one step. */

import { write } from "./corrections.js";
import { $ } from "./elements.js";
import { say } from "./language.js";
import { found, replaced, textOf } from "./texts.js";

export class Search {
  #places = []; // [turn, offset] in order
  #at = -1;
  #start = 0; // the time from which on is searched while she types

  constructor(meeting, transcript) {
    Object.assign(this, { meeting, transcript });
    this.field = $("needle");
    this.field.addEventListener("focus", () => (this.#start = this.transcript.turn?.turn[0] ?? 0));
    this.field.addEventListener("input", () => this.#look(true));
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    $("finder").addEventListener("submit", (event) => event.preventDefault());
    meeting.addEventListener("changed", () => this.needle && this.#look(false));
    transcript.addEventListener("near", () => this.needle && this.#paintSoon());
  }

  get needle() {
    return this.field.value.normalize("NFC").trim();
  }

  /** To the field, with all of it selected. */
  open() {
    this.field.focus();
    this.field.select();
  }

  /** To the next place (1), or the one before (-1), round the end. */
  step(by) {
    if (!this.#places.length) return;
    const n = this.#places.length;
    this.#at = this.#at < 0 ? this.#first(by) : (this.#at + by + n) % n;
    const [turn] = this.#places[this.#at];
    this.transcript.choose(turn, { focus: false });
    this.transcript.view(turn).spelled();
    this.transcript.show(this.#here().startContainer.parentElement); // of a turn that is higher than the window
    this.#tell();
    this.#paintSoon();
  }

  /** Corrections that write `instead` for every place. */
  corrections(instead) {
    const turns = [...new Set(this.#places.map(([turn]) => turn))];
    return turns.map(
      (turn) => write(turn, replaced(textOf(turn.words), this.needle, instead).replace(/\s+/g, " ").trim())
    );
  }

  translate() {
    this.#tell();
  }

  /** The first place from the turn on that was the current one when the search began. */
  #first(by) {
    const from = this.#places.findIndex(([turn]) => turn.turn[0] >= this.#start);
    if (by > 0) return from < 0 ? 0 : from;
    return from <= 0 ? this.#places.length - 1 : from - 1;
  }

  #look(typed) {
    const { needle } = this;
    const inTurn = (turn) => found(textOf(turn.words), needle).map((at) => [turn, at]);
    this.#places = needle ? this.meeting.turns.flatMap(inTurn) : [];
    if (typed) this.#at = -1;
    this.#at = Math.min(this.#at, this.#places.length - 1);
    if (typed && this.#places.length) this.step(1);
    this.#tell();
    this.#paintSoon();
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") this.#leave();
    else return;
    event.preventDefault();
  }

  #leave() {
    this.field.value = "";
    this.#look(true);
    (this.transcript.current?.li ?? this.transcript.scroller).focus({ preventScroll: true });
  }

  #tell() {
    const count = this.#places.length;
    const told = count ? say("found", { n: Math.max(0, this.#at) + 1, count }) : say("found_none");
    $("found").textContent = this.needle ? told : "";
  }

  #soon = 0;
  #paintSoon() {
    cancelAnimationFrame(this.#soon);
    this.#soon = requestAnimationFrame(() => this.#paint());
  }

  /** Colours the places in the turns near the screen, where the browser can (CSS highlights). */
  #paint() {
    if (!CSS.highlights) return;
    const near = [...new Set(this.#places.map(([turn]) => this.transcript.view(turn)))].filter((view) => view?.isNear);
    const ranges = near.flatMap((view) => view.places(this.needle));
    CSS.highlights.set("found", new Highlight(...ranges));
    const range = this.#here();
    if (range) CSS.highlights.set("found-here", new Highlight(range));
    else CSS.highlights.delete("found-here");
  }

  /** The range of the page where the current place is, if there is one. */
  #here() {
    const here = this.#places[this.#at];
    if (!here) return undefined;
    const nth = this.#places.filter(([turn]) => turn === here[0]).findIndex(([, at]) => at === here[1]);
    return this.transcript.view(here[0])?.places(this.needle)[nth];
  }
}
