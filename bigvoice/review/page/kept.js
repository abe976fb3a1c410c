/**
 * Texts that could not be saved: they stay on the screen, and over a reload, until she has done something with them.
 */

import { $, button, el } from "./elements.js";
import { say } from "./language.js";
import { successor } from "./patching.js";
import { toast } from "./telling.js";
import { clock } from "./times.js";

export class Kept extends EventTarget {
  constructor(meeting, keep) {
    super();
    Object.assign(this, { meeting, keep });
    this.texts = keep.get("kept") ?? [];
    this.show();
  }

  /** @param {{turn: [number, number, string], text: string, why: string}} kept */
  add(kept) {
    this.texts.push(kept);
    this.#changed();
  }

  translate() {
    this.show();
  }

  show() {
    $("banners").querySelectorAll(".kept").forEach((card) => card.remove());
    $("banners").append(...this.texts.map((kept) => this.#card(kept)));
  }

  #card(kept) {
    const time = clock(kept.turn[0]);
    return el(
      "div",
      { class: "banner kept" },
      el("p", { text: say("kept_text", { time, why: kept.why }) }),
      el("blockquote", { text: kept.text }),
      el(
        "p",
        { class: "choices" },
        button({ text: say("take_text"), class: "main", on: { click: () => this.#take(kept) } }),
        button({ text: say("copy_text"), on: { click: () => this.#copy(kept.text) } }),
        button({ text: say("drop_text"), on: { click: () => this.#drop(kept) } }),
      ),
    );
  }

  #take(kept) {
    const turn = successor(this.meeting.turns, kept.turn);
    if (!turn) return;
    this.#drop(kept);
    this.dispatchEvent(new CustomEvent("edit", { detail: { turn, text: kept.text } }));
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(say("copied"));
    } catch (error) {
      toast(say("refused", { why: error.message }), { wrong: true });
    }
  }

  #drop(kept) {
    this.texts = this.texts.filter((each) => each !== kept);
    this.#changed();
  }

  #changed() {
    this.keep.set("kept", this.texts.length ? this.texts : undefined);
    this.show();
  }
}
