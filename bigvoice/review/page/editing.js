/**
 * Editing: the text of one turn in a field in its place. Enter or leaving it saves, Escape does not. What is typed is
 * kept in the window with every letter, so neither a reload nor another window's change loses it.
 */

import { write } from "./corrections.js";
import { el } from "./elements.js";
import { say } from "./language.js";
import { keyOf } from "./patching.js";
import { announce } from "./telling.js";
import { offsets, oneLine, textOf } from "./texts.js";
import { clock } from "./times.js";

export class Editor extends EventTarget {
  active = null; // the TurnView that is edited
  #field = null;
  #note = null;
  #was = ""; // the text when editing began
  #closing = false;
  #pressing = false; // a button of the mouse is down
  #leaving = false; // and that took the focus away

  constructor(meeting, transcript, saving, keep, kept) {
    super();
    Object.assign(this, { meeting, transcript, saving, keep, kept });
    meeting.addEventListener("changed", () => this.#compare());
    document.addEventListener("pointerdown", () => (this.#pressing = true), true);
    for (const event of ["pointerup", "pointercancel"]) document.addEventListener(event, () => this.#released(), true);
  }

  /** Begins to edit a turn; `words`: those to select; `text`: to go on with in place of the turn's; `caret`: where. */
  start(turn, { words = null, text = null, caret = null } = {}) {
    if (this.active) this.commit();
    const view = this.transcript.view(turn);
    if (!view) return;
    this.active = view;
    view.editing = true;
    this.#was = textOf(turn.words);
    this.#build(view, text ?? view.text);
    this.transcript.choose(turn, { focus: false, show: true });
    this.#field.focus({ preventScroll: true });
    this.#putCaret(turn, words, caret);
    this.transcript.show(this.#field);
    this.#remember();
  }

  /** The text as it would be saved. */
  get text() {
    return oneLine(this.#field.value);
  }

  /** Where the caret stands in that text. */
  get caret() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    return oneLine(before).length + (/\S\s+$/.test(before) ? 1 : 0);
  }

  /** Saves and closes; true when saved (at once, where nothing was changed). @returns {Promise<boolean>} */
  async commit({ focus = false } = {}) {
    const [view, text, orphan] = [this.active, this.text, this.active.li.classList.contains("orphan")];
    const unchanged = text === textOf(view.turn.words);
    this.#close(focus && !orphan);
    if (orphan) {
      if (text !== this.#was) this.kept.add({ turn: view.turn.turn, text, why: say("turn_gone") });
      this.#drop(view, focus);
      return false;
    }
    if (unchanged) return true;
    view.wait(text);
    const saved = await this.saving.correct([write(view.turn, text)]);
    view.wait(null);
    if (saved) announce(say("write_done"));
    return saved;
  }

  /** Closes; the text stays as it was. */
  cancel() {
    const view = this.active;
    const orphan = view.li.classList.contains("orphan");
    this.#close(!orphan);
    if (orphan) this.#drop(view, true);
  }

  /** Goes on with what was being typed before a reload. */
  resume() {
    const typing = this.keep.get("typing");
    if (!typing) return;
    const turn = this.meeting.find(typing.turn.join(" "));
    if (turn) this.start(turn, { text: typing.text, caret: typing.caret });
    else this.kept.add({ turn: typing.turn, text: typing.text, why: say("turn_gone") });
    if (!turn) this.keep.set("typing", undefined);
  }

  #build(view, text) {
    const { turn } = view;
    const label = say("editing", { speaker: this.meeting.called(turn.turn[2]), time: clock(turn.turn[0]) });
    this.#field = el(
      "textarea",
      { class: "field", rows: 1, dir: "auto", "aria-label": label, spellcheck: "true", is: { value: text } },
    );
    this.#note = el("p", { class: "note", role: "status", hidden: true });
    const hint = el("p", { class: "hint", text: say("editing_hint") });
    view.li.classList.add("editing");
    view.li.append(el("div", { class: "editor" }, this.#field, this.#note, hint));
    this.#fit();
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#field.addEventListener("blur", () => this.#left());
  }

  #putCaret(turn, words, caret) {
    const field = this.#field;
    const at = offsets(turn.words);
    const end = words && at[words.to] + turn.words[words.to][2].trim().length;
    if (words && field.value === this.#was) field.setSelectionRange(at[words.from], end);
    else field.setSelectionRange(caret ?? field.value.length, caret ?? field.value.length);
  }

  #typed() {
    this.#fit();
    this.#remember();
  }

  /**
   * As high as its text. Where the browser does that by itself (field-sizing) the style says so, and this does no harm.
   */
  #fit() {
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${this.#field.scrollHeight + 2}px`);
  }

  #remember() {
    const { turn } = this.active.turn;
    this.keep.set("typing", { turn, text: this.#field.value, caret: this.#field.selectionStart });
  }

  /** Enter ends a syllable of Korean first: while one is composed, no key is ours. */
  #pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && ctrl) this.dispatchEvent(new CustomEvent("split"));
    else if (event.key === "Enter") this.commit({ focus: true });
    else if (event.key === "Escape") this.cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The focus went elsewhere in the page; where the whole window lost it, she comes back. */
  #left() {
    if (!this.active || this.#closing || !document.hasFocus()) return;
    this.#leaving = this.#pressing;
    if (!this.#leaving) this.commit();
  }

  /** Closed under a pressed mouse, the field would move what she is clicking on: it closes after the click. */
  #released() {
    this.#pressing = false;
    if (!this.#leaving) return;
    this.#leaving = false;
    setTimeout(() => this.active && document.activeElement !== this.#field && this.commit());
  }

  #close(focus) {
    const view = this.active;
    this.#closing = true;
    this.active = null;
    view.editing = false;
    this.keep.set("typing", undefined);
    view.li.classList.remove("editing");
    if (focus) view.li.focus({ preventScroll: true });
    view.li.querySelector(".editor").remove();
    this.#closing = false;
  }

  /** The turn that stood here is gone: its view goes too. */
  #drop(view, focus) {
    this.transcript.remove(view);
    this.transcript.current = null;
    const turn = this.meeting.turns.find((each) => each.turn[0] >= view.turn.turn[0]) ?? this.meeting.turns.at(-1);
    this.transcript.choose(turn, { focus });
  }

  /** Tells her what another window made of the turn meanwhile. */
  #compare() {
    if (!this.active) return;
    const orphan = this.active.li.classList.contains("orphan");
    const text = textOf(this.active.turn.words);
    const other = !orphan && this.meeting.find(keyOf(this.active.turn)) && text !== this.#was;
    this.#note.hidden = !orphan && !other;
    if (orphan) this.#note.textContent = say("turn_gone");
    else if (other) this.#note.textContent = say("changed_elsewhere", { text });
  }
}
