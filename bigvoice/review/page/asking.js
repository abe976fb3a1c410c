/** The dialogs of this meeting: who is speaking, a missed turn, one voice or two, remembering a voice. */

import { insert, merge, newId, rename } from "./corrections.js";
import { dress } from "./colours.js";
import { choices, confirm, open } from "./dialogs.js";
import { $, button, el, onEnter } from "./elements.js";
import { lasting, say } from "./language.js";
import { post, Refused } from "./server.js";
import { announce, toast } from "./telling.js";
import { oneLine, textOf } from "./texts.js";
import { clock, fineClock, seconds } from "./times.js";

const NEW_TURN = 3; // seconds a missed turn is thought to be long

export class Asking {
  constructor(parts) {
    Object.assign(this, parts); // meeting, saving, sound, transcript, and give(speaker) of the commands
  }

  /** Who speaks this turn (or the words selected)? And what is the speaker called? */
  who(give) {
    const { turn, selected } = this.transcript;
    if (!turn) return;
    const words = selected && turn.words.slice(selected.from, selected.to + 1);
    const told = words ? say("who_words", { text: textOf(words) }) : say("who_turn", { time: clock(turn.turn[0]) });
    open(say("who_title"), (close, dialog) => {
      const choose = (id) => {
        close();
        give(id);
      };
      dialog.addEventListener("keydown", (event) => this.#digit(event, choose));
      const buttons = this.meeting.speakers.map(
        (speaker) => this.#choice(speaker, speaker.id === turn.turn[2], choose)
      );
      const click = () => choose(newId(this.meeting.speakers));
      const another = button({ icon: "plus", text: say("new_speaker"), class: "choice", on: { click } });
      return [
        el("p", { text: told }),
        el("div", { class: "list" }, ...buttons, another),
        ...this.#naming(turn.turn[2], close),
      ];
    });
  }

  #choice(speaker, is, choose) {
    const badge = el("span", { class: "badge" });
    dress(badge, speaker.number);
    const click = () => choose(speaker.id);
    const made = button({ class: "choice", "aria-pressed": String(is), autofocus: is, on: { click } });
    made.append(badge, el("span", { text: this.meeting.label(speaker) }));
    return made;
  }

  #digit(event, choose) {
    const digit = /^(Digit|Numpad)(\d)$/.exec(event.code)?.[2];
    if (!digit || event.target.matches("input")) return;
    const speaker = this.meeting.numbered(Number(digit));
    if (digit === "0") choose(newId(this.meeting.speakers));
    else if (speaker) choose(speaker.id);
  }

  #naming(id, close) {
    const speaker = this.meeting.voices.get(id);
    const label = say("name_everywhere", { speaker: this.meeting.label(speaker) });
    const field = el("input", { list: "people", autocomplete: "off", is: { value: speaker.name ?? "" } });
    const save = () => {
      close();
      this.name(speaker, field.value);
    };
    onEnter(field, save);
    const main = button({ text: say("save"), class: "main", on: { click: save } });
    return [
      el("label", { class: "row stacked" }, el("span", { text: label }), field),
      el("p", { class: "choices" }, main),
    ];
  }

  /** Gives a speaker a name; where somebody has it already, asks whether the two voices are one. */
  async name(speaker, written, role = undefined) {
    const name = oneLine(written);
    const same = name === (speaker.name ?? "") && (speaker.named_by === "given" || !name);
    if (same && role === undefined) return;
    const other = this.meeting.speakers.find((each) => each.name === name && name && each.id !== speaker.id);
    if (other) return this.merge(speaker, other, say("merge_same_name", { into: this.meeting.label(other) }));
    const before = this.meeting.label(speaker);
    const saved = await this.saving.correct([rename(speaker.id, name, role)]);
    if (saved) announce(say("rename_done", { before, speaker: this.meeting.called(speaker.id) }));
  }

  /** Are two voices one? */
  merge(speaker, into, why = "") {
    const turns = this.meeting.turns.filter((turn) => turn.turn[2] === speaker.id).length;
    const told = say("merge_told", { turns, speaker: this.meeting.label(speaker), into: this.meeting.label(into) });
    confirm(
      say("merge_title"),
      `${why} ${told}`.trim(),
      say("merge_do"),
      () => this.saving.correct([merge(speaker.id, into.id)]),
    );
  }

  /** A turn that the machine missed: after the current one, or where the sound stands. */
  insert() {
    const { turn } = this.transcript;
    const [start, end] = this.#gap(turn);
    open(say("insert_title"), (close) => {
      const [from, to] = [start, end].map(
        (time) => el("input", { inputmode: "numeric", class: "short", is: { value: fineClock(time) } })
      );
      const another = el("option", { value: newId(this.meeting.speakers), text: say("new_speaker") });
      const who = el("select", {}, ...this.options(this.meeting.speakers, turn?.turn[2]), another);
      const text = el("textarea", { rows: 3, autofocus: true });
      const wrong = el("p", { class: "wrong", role: "alert" });
      const times = () => [seconds(from.value), seconds(to.value)];
      const save = () => this.#insert(...times(), who.value, oneLine(text.value), close, wrong);
      onEnter(text, save);
      const hear = () => times().every((time) => time !== null) && this.sound.playFrom(...times());
      const listen = button({ icon: "play", text: say("insert_hear"), on: { click: hear } });
      return [
        el("div", { class: "fields" }, field("insert_start", from), field("insert_end", to), listen),
        field("do_who", who),
        field("insert_text", text),
        wrong,
        choices(close, say("save"), save, { stays: true }),
      ];
    });
  }

  /** The pause after a turn; where there is none, some seconds from the place of the sound. */
  #gap(turn) {
    const { duration } = this.meeting;
    const next = turn && this.meeting.after(turn, 1);
    const [start, end] = turn ? [turn.turn[1], next?.turn[0] ?? duration] : [0, duration];
    const { time } = this.sound;
    if (time > start && time < end) return [time, Math.min(end, time + NEW_TURN)];
    if (end - start > 0.3) return [start, Math.min(end, start + NEW_TURN)];
    return [Math.min(time, Math.max(0, duration - 1)), Math.min(duration, time + NEW_TURN)];
  }

  async #insert(start, end, speaker, text, close, wrong) {
    const whole = this.meeting.duration;
    if (start === null || end === null || start >= end || end > whole + 0.1) {
      wrong.textContent = say("insert_wrong", { whole: clock(whole) });
      return;
    }
    close();
    if (await this.saving.correct([insert(start, Math.min(end, whole), speaker, text)])) announce(say("insert_done"));
  }

  /** Remember this voice? Shows what would be kept first, once the server has listened for it (some seconds). */
  async remember(speaker) {
    const place = el(
      "div",
      { class: "stack", "aria-live": "polite" },
      el("p", { class: "quiet", text: say("remember_looking") }),
    );
    const dialog = open(say("remember_title", { name: this.meeting.label(speaker) }), () => [place]);
    try {
      const proposal = await post("remember", { speaker: speaker.id, confirm: false });
      place.replaceChildren(...this.#proposed(speaker, proposal, () => dialog.close()));
      place.querySelector("button.main")?.focus();
    } catch (error) {
      place.replaceChildren(el("p", { class: "wrong", text: say("refused", { why: error.message }) }));
    }
  }

  #proposed(speaker, { name, spans, seconds: length, why_not: why }, close) {
    const samples = el("div", { class: "samples" }, ...spans.map(([start, end]) => this.sample(speaker, start, end)));
    if (why) return [el("p", { text: say("remember_not", { why }) }), samples, this.#confirming(speaker, close)];
    const date = el("input", { type: "date" });
    return [
      el("p", { text: say("remember_told", { length: lasting(length) }) }),
      samples,
      el("label", { class: "row stacked" }, el("span", { text: say("consent", { name }) }), date),
      choices(close, say("remember_do"), () => this.#remember(speaker, name, date.value || null)),
    ];
  }

  /** A name that the machine found may be what keeps a voice from being remembered: she can say that it is right. */
  #confirming(speaker, close) {
    const confirm = async () => {
      close();
      if (!(await this.saving.correct([rename(speaker.id, speaker.name)]))) return;
      this.remember(this.meeting.voices.get(speaker.id));
    };
    const text = say("confirm_name", { name: speaker.name });
    const yes = speaker.named_by !== "given" && button({ icon: "check", text, class: "main", on: { click: confirm } });
    return el("p", { class: "choices" }, yes || null, button({ text: say("close"), on: { click: close } }));
  }

  async #remember(speaker, name, consent) {
    try {
      const kept = await post("remember", { speaker: speaker.id, confirm: true, consent });
      const told = [say("remembered", { name, length: lasting(kept.seconds) }), ...kept.warnings].join(" ");
      toast(told, { action: { text: say("forget"), do: () => this.#forget(kept.clip) } });
    } catch (error) {
      toast(say("refused", { why: error instanceof Refused ? error.message : say("not_saved") }), { wrong: true });
    }
  }

  async #forget(clip) {
    try {
      await post("forget", { clip });
      toast(say("forgotten"));
    } catch (error) {
      toast(say("refused", { why: error.message }), { wrong: true });
    }
  }

  /** A button that plays some seconds of a speaker. */
  sample(speaker, start, end) {
    const told = say(
      "sample_of",
      { speaker: this.meeting.label(speaker), time: clock(start), length: lasting(end - start) },
    );
    const click = () => this.sound.playFrom(start, end);
    return button({ icon: "play", text: clock(start), label: told, class: "sample", on: { click } });
  }

  /** Speakers to choose from, by number and name. */
  options(speakers, chosen) {
    return speakers.map((speaker) => {
      const text = `${speaker.number} ${this.meeting.label(speaker)}`;
      return el("option", { value: speaker.id, text, selected: speaker.id === chosen });
    });
  }

  /** The names that fields suggest. */
  suggest() {
    const names = new Set(
      [...(this.meeting.people ?? []), ...this.meeting.speakers.map((s) => s.name).filter(Boolean)]
    );
    const list = $("people") ?? document.body.appendChild(el("datalist", { id: "people" }));
    list.replaceChildren(...[...names].map((name) => el("option", { value: name })));
  }
}

/** A field under its name. */
export function field(key, input) {
  return el("label", { class: "row" }, el("span", { text: say(key) }), input);
}
