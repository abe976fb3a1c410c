/** The transcript follows the sound: the spoken turn and word are marked, and stay on the screen unless she scrolls. */

import { $ } from "./elements.js";
import { spokenTurn, spokenWord } from "./timing.js";

const SCROLL_KEYS = new Set(["PageUp", "PageDown"]);

export class Following {
  on = true;
  #turn = null; // the view that is marked
  #word = -1;

  constructor(meeting, transcript, sound, editor) {
    Object.assign(this, { meeting, transcript, sound, editor });
    sound.addEventListener("time", () => this.mark());
    meeting.addEventListener("changed", () => this.mark());
    const { scroller } = transcript;
    for (const event of ["wheel", "touchmove"]) {
      scroller.addEventListener(event, () => this.#scrolled(), { passive: true });
    }
    scroller.addEventListener("pointerdown", (event) => event.target === scroller && this.#scrolled());
    scroller.addEventListener("keydown", (event) => SCROLL_KEYS.has(event.code) && this.#scrolled());
  }

  /** Follows, or no longer. */
  set(on) {
    this.on = on;
    $("follow").setAttribute("aria-pressed", String(on));
    if (on) this.#show();
  }

  /** The turn that is spoken at the time of the sound; undefined before all. */
  get turn() {
    return this.meeting.turns[spokenTurn(this.meeting.turns, this.sound.time)];
  }

  /** Marks what is spoken now. */
  mark() {
    const turn = this.turn;
    const view = turn ? this.transcript.view(turn) : null;
    const word = view && this.sound.time < turn.turn[1] ? spokenWord(turn.words, this.sound.time) : -1;
    const moved = view !== this.#turn;
    if (!moved && word === this.#word) return;
    if (moved) this.#move(view);
    this.#word = word;
    if (view && !view.editing) view.speak(word);
    if (this.on && this.sound.playing) this.#show();
  }

  #move(view) {
    this.#turn?.speak(-1);
    this.#turn?.li.classList.remove("spoken");
    this.#turn?.li.removeAttribute("aria-current");
    this.#turn = view;
    view?.li.classList.add("spoken");
    view?.li.setAttribute("aria-current", "true");
  }

  #show() {
    if (!this.#turn || this.editor.active) return;
    const word = this.#word >= 0 ? this.#turn.spelled()[this.#word] : null;
    const tall = this.#turn.li.offsetHeight > this.transcript.scroller.clientHeight;
    this.transcript.show(tall && word ? word : this.#turn.li, { smooth: true });
  }

  #scrolled() {
    if (this.sound.playing && this.on) this.set(false);
  }
}
