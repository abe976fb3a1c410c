/** To do: what is doubtful, and what no longer fits. Going to a doubt plays it. */

import { button, el } from "./elements.js";
import { say } from "./language.js";
import { keyOf, placeKey } from "./patching.js";
import { textOf } from "./texts.js";
import { clock, percent } from "./times.js";

const AT_FIRST = 100;
const SIGNS = { word: "abc", name: "?", turn: "⇄" };
const AROUND = 1.2; // seconds heard before and after a word

export class TodoSheet {
  name = "todo";
  #shown = AT_FIRST;
  #last = null; // the doubt gone to last, and where it stood
  #at = -1;

  constructor(parts) {
    Object.assign(this, parts); // meeting, sound, transcript, keep
  }

  count() {
    return this.meeting.doubts.length + this.meeting.unfit.length;
  }

  /** The doubts in the order that she chose. */
  get doubts() {
    const { doubts } = this.meeting;
    const byTime = (a, b) => a.turn[0] - b.turn[0] || (a.word ?? 0) - (b.word ?? 0);
    return this.keep.get("by time") ? [...doubts].sort(byTime) : doubts;
  }

  show(root) {
    const { doubts } = this;
    const told = doubts.length ? say("todo_count", { count: doubts.length }) : say("todo_none");
    const list = el("ol", { class: "todo" }, ...doubts.slice(0, this.#shown).map((doubt) => this.#line(doubt)));
    const rest = doubts.length - this.#shown;
    const text = say("show_more", { count: Math.min(rest, 5 * AT_FIRST) });
    const more = rest > 0 ? [button({ text, on: { click: () => this.#more(root) } })] : [];
    const order = doubts.length ? [this.#order(root)] : [];
    root.replaceChildren(el("p", { class: "quiet", text: told }), ...order, list, ...more, ...this.#unfit());
  }

  /** Goes to the next doubt (1) or the one before (-1); where the last one is settled, what came after it is next. */
  step(by) {
    const { doubts } = this;
    if (!doubts.length) return null;
    const still = doubts.findIndex((doubt) => idOf(doubt) === this.#last);
    if (still >= 0) this.#at = still + by;
    else if (by < 0) this.#at -= 1;
    this.#at = this.#at >= doubts.length || (this.#at < 0 && by > 0) ? 0 : Math.max(0, this.#at);
    return this.go(doubts[this.#at]);
  }

  /** Goes to a doubt and plays it. */
  go(doubt, { focus = true } = {}) {
    this.#last = idOf(doubt);
    this.#at = this.doubts.indexOf(doubt);
    const turn = this.meeting.find(placeKey(doubt.turn));
    if (!turn) return doubt;
    const isWord = doubt.kind === "word" && doubt.word < turn.words.length;
    const last = Math.min(turn.words.length, doubt.word + (doubt.n_words || 1)) - 1;
    const words = isWord ? { from: doubt.word, to: last } : null;
    this.transcript.choose(turn, { focus, words });
    this.#play(doubt, turn, words);
    return doubt;
  }

  #play(doubt, turn, words) {
    const [sample] = this.meeting.voices.get(doubt.speaker)?.samples ?? [];
    if (words) this.sound.playFrom(turn.words[words.from][0] - AROUND, turn.words[words.to][1] + AROUND);
    else if (doubt.kind === "name" && sample) this.sound.playFrom(...sample);
    else this.sound.playFrom(turn.turn[0], turn.turn[1]);
  }

  #line(doubt) {
    const kind = say(`doubt_${doubt.kind}`);
    const text = doubt.kind === "name" ? this.meeting.called(doubt.speaker) : doubt.text;
    const told = say("doubt_told", { kind, text, time: clock(doubt.turn[0]), percent: percent(doubt.doubt) });
    const gone = () => this.go(doubt, { focus: false });
    const made = button({ class: `doubt ${doubt.kind}`, title: told, on: { click: gone } });
    const sign = el("span", { class: "sign", role: "img", "aria-label": kind, text: SIGNS[doubt.kind] });
    made.append(sign, this.#words(doubt, text), el("span", { class: "quiet", text: clock(doubt.turn[0]) }));
    return el("li", { data: { name: idOf(doubt) } }, made);
  }

  /** What is in doubt; an unsure word with those before and after it. */
  #words(doubt, text) {
    const turn = doubt.kind === "word" && this.meeting.find(placeKey(doubt.turn));
    if (!turn) return el("span", { class: "text", text });
    const end = doubt.word + (doubt.n_words || 1);
    const before = textOf(turn.words.slice(Math.max(0, doubt.word - 2), doubt.word));
    const after = textOf(turn.words.slice(end, end + 4));
    return el("span", { class: "text" }, before ? `${before} ` : "", el("mark", { text }), after ? ` ${after}` : "");
  }

  #order(root) {
    const choice = el("select", { "aria-label": say("todo"), data: { part: "order" } });
    const chosen = this.keep.get("by time") ? "todo_by_time" : "todo_by_doubt";
    for (const key of ["todo_by_doubt", "todo_by_time"]) {
      choice.append(el("option", { value: key, text: say(key), selected: key === chosen }));
    }
    choice.addEventListener("change", () => {
      this.keep.set("by time", choice.value === "todo_by_time" || undefined);
      this.show(root);
      root.querySelector("select").focus();
    });
    return choice;
  }

  #more(root) {
    this.#shown += 5 * AT_FIRST;
    this.show(root);
    root.querySelector("ol").children[this.#shown - 5 * AT_FIRST]?.querySelector("button").focus();
  }

  #unfit() {
    const { unfit } = this.meeting;
    if (!unfit.length) return [];
    const lines = unfit.map(({ what, why }) => {
      return el("li", { class: "unfit" }, el("span", { text: what }), el("span", { class: "quiet", text: why }));
    });
    return [
      el("h3", { text: say("unfit") }),
      el("p", { class: "quiet", text: say("unfit_told") }),
      el("ul", {}, ...lines),
    ];
  }
}

const idOf = ({ kind, turn, word }) => `${kind} ${keyOf({ turn })} ${word}`;
