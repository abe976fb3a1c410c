/** Speakers: who they are, how much each says, and three samples to hear before one is named. */

import { field } from "./asking.js";
import { rename } from "./corrections.js";
import { dress } from "./colours.js";
import { button, el } from "./elements.js";
import { lasting, say } from "./language.js";
import { percent } from "./times.js";

export class SpeakersSheet {
  name = "speakers";
  #cards = new Map(); // by id: {root, update}
  #back = null; // from where she came to a name by key

  constructor(parts) {
    Object.assign(this, parts); // meeting, saving, asking
  }

  show(root) {
    const { speakers } = this.meeting;
    if (!root.firstChild) this.#cards.clear();
    for (const [id, card] of this.#cards) {
      if (this.meeting.voices.has(id)) continue;
      card.root.remove();
      this.#cards.delete(id);
    }
    speakers.forEach((speaker, n) => {
      if (!this.#cards.has(speaker.id)) this.#cards.set(speaker.id, this.#card(speaker.id));
      const card = this.#cards.get(speaker.id);
      if (root.children[n] !== card.root) root.insertBefore(card.root, root.children[n] ?? null);
      card.update(speaker);
    });
    root.querySelector(".sum")?.remove();
    const { silence, overlap } = this.meeting;
    root.append(
      el("p", { class: "sum quiet", text: say("silence", { silence: lasting(silence), overlap: lasting(overlap) }) })
    );
  }

  /** To the field for the name of a speaker; Enter or Escape goes `back`. */
  focus(id, back) {
    this.#back = back;
    this.#cards.get(id)?.name.focus();
    this.#cards.get(id)?.name.select();
  }

  /** A card is made once, and then only its values change: what is being typed in it stays. */
  #card(id) {
    const badge = el("span", { class: "badge" });
    const name = el(
      "input",
      { class: "name", list: "people", autocomplete: "off", spellcheck: "false", data: { part: "name" } },
    );
    const [bar, share, known] = ["bar", "share", "known"].map((part) => el("span", { class: part }));
    const [samples, doubts, more] = ["samples", "choices", "more"].map((part) => el("div", { class: part }));
    const details = el("details", {}, el("summary", { text: say("more"), data: { part: "more" } }), more);
    details.addEventListener("toggle", () => details.open && this.#speaker(id) && this.#more(more, this.#speaker(id)));
    const head = [el("div", { class: "who" }, badge, name), el("div", { class: "measure" }, bar)];
    const facts = el("p", { class: "facts" }, share, known);
    const root = el("section", { class: "card speaker", data: { name: id } }, ...head, facts, doubts, samples, details);
    this.#listen(name, id);
    const update = (speaker) => {
      dress(badge, speaker.number);
      bar.dataset.colour = badge.dataset.colour;
      this.#name(name, speaker);
      this.#facts(bar, share, known, speaker);
      doubts.replaceChildren(...this.#doubts(speaker));
      this.#samples(samples, speaker);
      if (details.open) this.#more(more, speaker);
    };
    return { root, name, update };
  }

  #speaker(id) {
    return this.meeting.voices.get(id);
  }

  #listen(input, id) {
    const before = () => this.#speaker(id)?.name ?? "";
    input.addEventListener("change", () => {
      const written = input.value;
      input.value = before(); // until it is so: she may be asked first
      if (this.#speaker(id)) this.asking.name(this.#speaker(id), written);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      if (event.key === "Escape") input.value = before();
      this.#back?.();
    });
    input.addEventListener("blur", () => (this.#back = null));
  }

  #name(input, speaker) {
    const name = speaker.name ?? "";
    if (input !== document.activeElement || input.dataset.was === input.value) input.value = name;
    input.dataset.was = name;
    input.placeholder = say("speaker", { number: speaker.number });
    input.setAttribute("aria-label", say("name_of", { speaker: this.meeting.label(speaker) }));
  }

  #facts(bar, share, known, speaker) {
    const row = this.meeting.shares.find((each) => each.speaker === speaker.id) ?? { share: 0, seconds: 0, turns: 0 };
    bar.style.setProperty("width", `${100 * row.share}%`);
    share.textContent = say(
      "share_told",
      { percent: percent(row.share), length: lasting(row.seconds), turns: row.turns },
    );
    known.textContent = say(`named_${speaker.named_by}`, { percent: percent(speaker.confidence) });
  }

  /** What to say to a name that is only recognised or suggested. */
  #doubts(speaker) {
    const given = [];
    if (speaker.named_by === "suggested") {
      const yes = () => this.saving.correct([rename(speaker.id, speaker.name)]);
      const text = say("confirm_name", { name: speaker.name });
      given.push(button({ icon: "check", text, data: { part: "yes" }, on: { click: yes } }));
    }
    if (speaker.name && speaker.named_by !== "given") {
      const no = () => this.saving.reject(speaker.id, speaker.name);
      const text = say("not_name", { name: speaker.name });
      given.push(button({ icon: "close", text, data: { part: "no" }, on: { click: no } }));
    }
    return given;
  }

  #samples(root, speaker) {
    const told = JSON.stringify([speaker.samples, this.meeting.label(speaker)]);
    if (root.dataset.told === told) return;
    root.dataset.told = told;
    const samples = speaker.samples.map(([start, end]) => this.asking.sample(speaker, start, end));
    root.replaceChildren(el("span", { class: "quiet", text: say("samples") }), ...samples);
  }

  #more(root, speaker) {
    if (root.contains(document.activeElement)) return;
    const label = say("role_of", { speaker: this.meeting.label(speaker) });
    const role = el(
      "input",
      { autocomplete: "off", "aria-label": label, data: { part: "role" }, is: { value: speaker.role ?? "" } },
    );
    role.addEventListener(
      "change",
      () => this.saving.correct([rename(speaker.id, speaker.name ?? "", role.value.trim())]),
    );
    const click = () => this.asking.remember(speaker);
    const remember = button({ icon: "voice", text: say("remember"), data: { part: "remember" }, on: { click } });
    const rejected = el("p", { class: "quiet", text: say("rejected", { names: speaker.rejected.join(", ") }) });
    rejected.hidden = !speaker.rejected.length;
    remember.hidden = !speaker.name;
    root.replaceChildren(field("role", role), field("merge_into", this.#merging(speaker)), rejected, remember);
  }

  #merging(speaker) {
    const others = this.meeting.speakers.filter((each) => each.id !== speaker.id);
    const first = el("option", { value: "", text: say("merge_choose") });
    const choice = el("select", { data: { part: "merge" } }, first, ...this.asking.options(others));
    choice.addEventListener("change", () => {
      const into = this.#speaker(choice.value);
      choice.value = "";
      if (into) this.asking.merge(this.#speaker(speaker.id), into);
    });
    return choice;
  }
}
