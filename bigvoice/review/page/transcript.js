/**
 * The transcript: a list of turns, one of which is the current one (what keys and buttons act on), with words of it
 * selected or none. Tells "current" when that changes, "edit", "hear" and "who" when the mouse asks for it, and "near"
 * when turns were drawn anew, as they come near the screen or go away from it.
 */

import { Blocks } from "./blocks.js";
import { $, calm } from "./elements.js";
import { keyOf, placeKey, successor } from "./patching.js";
import { TurnView } from "./turn_view.js";

export class Transcript extends EventTarget {
  views = new Map();
  current = null; // a TurnView
  selected = null; // {from, to} of the current turn's words
  visits = 0; // grows whenever a turn is chosen, but not by a change that took the current one away

  /** @param {import("./meeting.js").Meeting} meeting */
  constructor(meeting) {
    super();
    this.meeting = meeting;
    this.list = $("turns");
    this.scroller = $("scroller");
    this.blocks = new Blocks(this.list, this.scroller, (li, is) => this.#near(li.view, is));
    meeting.addEventListener("changed", (event) => this.#take(event.detail));
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("dblclick", (event) => this.#doubleClicked(event));
    this.list.addEventListener("pointerup", () => this.#dragged());
    this.list.addEventListener("focusin", (event) => this.#focused(event));
  }

  /** The view of a turn, if there is one. */
  view(turn) {
    return turn && this.views.get(keyOf(turn));
  }

  /** Whether the focus is in the list. */
  get focused() {
    return this.list.contains(document.activeElement);
  }

  /** Makes a turn the current one. `focus`: and gives it the focus; `show`: and brings it to the screen. */
  choose(turn, { focus = this.focused, show = true, words = null } = {}) {
    const view = turn && this.view(turn);
    if (!view) return;
    this.visits += 1;
    if (view !== this.current) {
      this.current?.select(null);
      this.current?.beCurrent(false);
      this.current = view;
      view.beCurrent(true);
    }
    if (show) this.show(view.li);
    if (focus && !view.editing) view.li.focus({ preventScroll: true });
    this.select(words);
  }

  /** Selects words of the current turn. */
  select(range) {
    this.selected = range;
    this.current?.select(range);
    if (range) this.#showWord(this.current.spelled()[range.to]);
    this.dispatchEvent(new CustomEvent("current"));
  }

  /** The current turn's value. */
  get turn() {
    return this.current?.turn ?? null;
  }

  /** Brings an element to the screen, to its middle where it is far away. @param {HTMLElement} element */
  show(element, { block = null, smooth = false } = {}) {
    const [box, frame] = [element.getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    const inside = box.top >= frame.top + 8 && box.bottom <= frame.bottom - 8;
    const around = box.top <= frame.top && box.bottom >= frame.bottom;
    if ((inside || around) && !block) return;
    const far = box.bottom < frame.top - frame.height || box.top > frame.bottom + frame.height;
    const where = block ?? (box.height > frame.height ? "start" : far ? "center" : "nearest");
    element.scrollIntoView({ block: where, behavior: smooth && !far && !calm() ? "smooth" : "instant" });
    // Turns that were never drawn have a guessed height: what is drawn now may have moved the element.
    if (far) requestAnimationFrame(() => element.scrollIntoView({ block: where }));
  }

  /** The turn that is uppermost on the screen: what is shown at its start stands below the room that scrolling leaves. */
  top() {
    const { left, top } = this.scroller.getBoundingClientRect();
    const room = parseFloat(getComputedStyle(this.scroller).scrollPaddingTop);
    return document.elementFromPoint(left + 40, top + room + 4)?.closest(".turn")?.view?.turn ?? null;
  }

  translate() {
    for (const view of this.views.values()) view.translate(this.meeting);
    this.#refresh();
  }

  #near(view, is) {
    if (view.isNear === is) return;
    view.near(is);
    this.dispatchEvent(new CustomEvent("near"));
  }

  #showWord(word) {
    if (word) this.show(word);
  }

  /** Only turns that changed are touched; a turn that is being edited keeps its editor, whatever comes. */
  #take({ gone, now }) {
    const [focused, had] = [this.focused, this.current];
    const place = had && had.turn.turn;
    const left = this.#withdraw(gone);
    this.#put(now, left);
    for (const view of left.values()) this.#discard(view);
    this.#refresh();
    if (had && !this.views.has(had.key)) this.#lost(place, focused);
    else if (had && this.current === had) this.select(this.#fitting(had));
    else if (!this.current) this.choose(this.meeting.turns[0], { focus: false, show: false });
    $("nothing").hidden = this.meeting.turns.length > 0;
  }

  /**
   * Takes the views of turns gone off the table; those another turn of the same time can go on with are in the result.
   */
  #withdraw(gone) {
    const left = new Map();
    for (const place of gone) {
      const key = placeKey(place);
      const view = this.views.get(key);
      if (!view) continue;
      this.views.delete(key);
      left.set(key, view);
    }
    return left;
  }

  #put(now, left) {
    const made = [];
    for (const turn of now) {
      const view = this.views.get(keyOf(turn)) ?? this.#takeOver(turn, left);
      if (view) view.set(turn);
      const put = view ?? new TurnView(turn);
      this.views.set(keyOf(turn), put);
      made.push(put);
    }
    const { turns } = this.meeting;
    if (made.length > turns.length / 2 && !this.current?.editing) this.#fill();
    else for (const view of made.reverse()) this.#place(view);
  }

  /** The view of a turn gone that had the same time: it is another speaker's now. */
  #takeOver(turn, left) {
    const [start, end] = turn.turn;
    for (const [key, view] of left) {
      const [a, b] = view.turn.turn;
      if (a === start && b === end) {
        left.delete(key);
        return view;
      }
    }
    return null;
  }

  #fill() {
    this.#focusStays(() => this.blocks.fill(this.meeting.turns.map((turn) => this.view(turn).li)));
  }

  /** A view that stands between its neighbours stays: so does what is being edited though its turn is gone. */
  #place(view) {
    const [before, next] = [-1, 1].map((step) => this.view(this.meeting.after(view.turn, step))?.li ?? null);
    if (stands(before, view.li) && stands(view.li, next)) return;
    this.#focusStays(() => this.blocks.put(view.li, next));
  }

  /** An element that is put elsewhere loses the focus. */
  #focusStays(change) {
    const { activeElement } = document;
    change();
    if (activeElement !== document.activeElement) activeElement.focus({ preventScroll: true });
  }

  /** A turn that is gone; one that is being edited stays until the editor has put its text somewhere. */
  #discard(view) {
    if (view.editing) view.li.classList.add("orphan");
    else this.remove(view);
  }

  remove(view) {
    this.blocks.remove(view.li);
  }

  #refresh() {
    this.meeting.turns.forEach((turn, n) => this.view(turn).refresh(this.meeting, this.meeting.turns[n - 1]));
  }

  /**
   * The current turn is gone: what stands at its time is the current one, and has the focus where the old one had it.
   */
  #lost(place, focused) {
    if (this.current.editing) return;
    const next = successor(this.meeting.turns, place);
    this.current = null;
    this.selected = null;
    const { visits } = this;
    if (next) this.choose(next, { focus: focused, show: focused });
    this.visits = visits;
  }

  #fitting(view) {
    const range = this.selected;
    return range && range.to < view.turn.words.length ? range : null;
  }

  #clicked(event) {
    const view = event.target.closest(".turn")?.view;
    if (!view || view.editing || event.detail > 1) return;
    if (!getSelection().isCollapsed && this.selected) return; // words were dragged over
    this.choose(view.turn, { focus: true, show: false });
    const n = wordNumber(wordUnder(event, view));
    if (event.target.closest(".who")) this.dispatchEvent(new CustomEvent("who"));
    else if (event.target.closest(".clock")) this.dispatchEvent(new CustomEvent("hear", { detail: view.turn.turn[0] }));
    else if (n >= 0) this.dispatchEvent(new CustomEvent("hear", { detail: view.turn.words[n][0] }));
  }

  #doubleClicked(event) {
    const view = event.target.closest(".turn")?.view;
    if (!view || view.editing || event.target.closest("button")) return;
    getSelection().removeAllRanges();
    this.choose(view.turn, { focus: true, show: false });
    this.dispatchEvent(new CustomEvent("edit", { detail: wordNumber(event.target) }));
  }

  /** Words dragged over become the selected ones. */
  #dragged() {
    const selection = getSelection();
    if (selection.isCollapsed || !this.list.contains(selection.anchorNode)) return;
    const ends = [selection.anchorNode, selection.focusNode].map((node) => node.parentElement?.closest(".w"));
    const view = ends[0]?.closest(".turn")?.view;
    if (!view || view.editing || ends[1]?.closest(".turn")?.view !== view) return;
    const [from, to] = ends.map(wordNumber).sort((a, b) => a - b);
    this.choose(view.turn, { focus: true, show: false, words: { from, to } });
  }

  #focused(event) {
    const view = event.target.closest(".turn")?.view;
    if (!view || view === this.current || !this.views.has(view.key)) return;
    this.choose(view.turn, { focus: false, show: false });
  }
}

/** Whether one item stands before another; before and after all of them is nothing. */
function stands(item, other) {
  if (!item || !other) return true;
  if (!item.isConnected || !other.isConnected) return false;
  return Boolean(item.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}

/** The word that was clicked: it becomes an element now, where the turn came to the screen only just. */
function wordUnder(event, view) {
  if (event.target !== view.words) return event.target;
  view.spelled();
  return document.elementFromPoint(event.clientX, event.clientY) ?? event.target;
}

/** The number of a word in its turn; -1 where an element is none. */
function wordNumber(element) {
  const word = element.closest?.(".w");
  return word ? [...word.parentElement.children].indexOf(word) : -1;
}
