/**
 * A turn as it is seen: one list item. Its words are elements of their own only while it is near what is on the screen.
 */

import { dress } from "./colours.js";
import { $, el, icon } from "./elements.js";
import { say } from "./language.js";
import { keyOf } from "./patching.js";
import { found, textOf } from "./texts.js";
import { clock } from "./times.js";

const LETTERS_A_LINE = 85; // about; only a first guess of how high a turn is before it is drawn

export class TurnView {
  #shown = {}; // what the page shows, so that only what differs is touched
  #spelled = false;
  #near = false;
  #now = -1;
  #marked = null; // what the marks are to tell, and do not yet
  editing = false;
  pending = null; // a text that is not saved yet

  constructor(turn) {
    this.li = $("turn").content.firstElementChild.cloneNode(true);
    [this.clock, this.who, this.words, this.marks] = this.li.children;
    this.li.view = this;
    this.turn = turn;
    this.#write();
  }

  get isNear() {
    return this.#near;
  }

  get key() {
    return keyOf(this.turn);
  }

  /** About how many lines it has. */
  get lines() {
    return Math.ceil((this.text.length + 1) / LETTERS_A_LINE);
  }

  /** The text that is seen. */
  get text() {
    return this.pending ?? textOf(this.turn.words);
  }

  /** The current one is reached by Tab, and named by all that it shows: that is read out when it has the focus. */
  beCurrent(is) {
    const parts = [this.clock, this.who, this.words, this.marks];
    for (const [n, part] of parts.entries()) part.id = is ? `current-${n}` : "";
    this.li.classList.toggle("current", is);
    this.li.tabIndex = is ? 0 : -1;
    this.clock.tabIndex = this.who.tabIndex = is ? 0 : -1;
    if (is) this.li.setAttribute("aria-labelledby", parts.map((part) => part.id).join(" "));
    else this.li.removeAttribute("aria-labelledby");
  }

  /** Another value of the turn. */
  set(turn) {
    this.turn = turn;
    this.#write();
  }

  /** Shows a text that is on its way to be saved; null when it is. */
  wait(text) {
    this.pending = text;
    this.li.classList.toggle("pending", text !== null);
    this.#write();
  }

  /** What depends on other things than the turn: who is called how, doubts, and whose the turn before is. */
  refresh(meeting, before) {
    const speaker = meeting.voices.get(this.turn.turn[2]);
    const unsure = meeting.unsure.get(this.key);
    this.#show("label", meeting.label(speaker), (label) => {
      this.who.children[1].textContent = label;
    });
    this.#show("number", speaker?.number ?? 0, (number) => dress(this.who.children[0], number));
    this.#show("same", before?.turn[2] === this.turn.turn[2], (same) => this.li.classList.toggle("same", same));
    const names = this.turn.with.map((id) => meeting.called(id)).join(", ");
    const marks = { doubtful: Boolean(unsure?.who), names, edited: this.turn.edited, checked: this.turn.checked };
    this.#show("marks", JSON.stringify(marks), () => this.#mark(marks));
    this.#show("unsure", [...(unsure?.words ?? [])].join(), () => this.#markUnsure());
  }

  /** Near the screen: the words become elements, which can be clicked; far from it: text again. */
  near(is) {
    this.#near = is;
    if (is && this.#marked) this.#mark(this.#marked);
    if (is !== this.#spelled && !this.pending) this.#write();
  }

  /** The words as elements, now. @returns {HTMLCollection} */
  spelled() {
    if (!this.#spelled && this.pending === null) this.#spell();
    return this.words.children;
  }

  /** Marks the word that is spoken; -1 for none. */
  speak(n) {
    if (n === this.#now && n < 0) return;
    this.words.children[this.#now]?.classList.remove("now");
    this.#now = n;
    if (n >= 0) this.spelled()[n]?.classList.add("now");
  }

  /** Marks words as selected, or none (null). @param {{from: number, to: number} | null} range */
  select(range) {
    const words = range ? this.spelled() : this.words.children;
    [...words].forEach((word, n) => word.classList.toggle("chosen", Boolean(range) && n >= range.from && n <= range.to));
  }

  /** Ranges of the page where a needle stands. @returns {Range[]} */
  places(needle) {
    return found(this.text, needle).map((at) => this.#range(at, at + needle.length));
  }

  #range(from, to) {
    const range = document.createRange();
    const walker = document.createTreeWalker(this.words, NodeFilter.SHOW_TEXT);
    let at = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.data.length;
      if (from >= at && from <= at + length) range.setStart(node, from - at);
      if (to <= at + length) {
        range.setEnd(node, to - at);
        break;
      }
      at += length;
    }
    return range;
  }

  #show(name, value, write) {
    if (this.#shown[name] === value) return;
    this.#shown[name] = value;
    write(value);
  }

  #write() {
    const [start] = this.turn.turn;
    this.clock.textContent = clock(start);
    this.li.classList.toggle("checked", this.turn.checked);
    this.#spelled = false;
    if (this.#near && this.pending === null) this.#spell();
    else this.words.textContent = this.text || say("no_words");
    this.words.classList.toggle("none", !this.text);
  }

  #spell() {
    const { words } = this.turn;
    if (!words.length || !this.text) return;
    const parts = [];
    words.forEach((word, n) => {
      const text = word[2].trim();
      const space = n && (word[2] !== word[2].trimStart() || words[n - 1][2] !== words[n - 1][2].trimEnd());
      if (space) parts.push(" ");
      parts.push(el("span", { text, class: "w" }));
    });
    this.words.replaceChildren(...parts);
    this.#spelled = true;
    this.#markUnsure();
    if (this.#now >= 0) this.words.children[this.#now]?.classList.add("now");
  }

  #markUnsure() {
    if (!this.#spelled) return;
    const unsure = new Set(this.#shown.unsure ? this.#shown.unsure.split(",").map(Number) : []);
    [...this.words.children].forEach((word, n) => {
      if (unsure.has(n) !== word.classList.contains("unsure")) word.classList.toggle("unsure", unsure.has(n));
    });
  }

  /** Drawings are made when the turn comes near for the first time, or what they tell is another. */
  #mark(marks) {
    this.#marked = this.#near ? null : marks;
    if (!this.#near) return;
    const { doubtful, names, edited, checked } = marks;
    this.marks.replaceChildren(
      ...[
        doubtful && mark("doubtful", "?", say("doubtful_mark")),
        names && mark("with", icon("overlap"), say("with_mark", { names })),
        edited && mark("edited", icon("edit"), say("edited_mark")),
        checked && mark("is-checked", icon("check"), say("checked_mark")),
      ].filter(Boolean),
    );
  }

  /** Writes the words of the page anew: the language is another one. */
  translate(meeting) {
    this.#shown = { unsure: this.#shown.unsure };
    if (!this.text) this.#write();
    this.refresh(meeting, null);
  }
}

/** A small sign with its meaning in words. */
function mark(kind, sign, meaning) {
  const made = el("span", { class: `mark ${kind}`, role: "img", "aria-label": meaning, title: meaning });
  made.append(sign);
  return made;
}
