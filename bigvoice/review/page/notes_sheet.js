/** Notes: what was decided, who is to do what until when, and where the points of the agenda begin. */

import { describe, dropNote, noteId, putNote } from "./corrections.js";
import { choices, open } from "./dialogs.js";
import { field } from "./asking.js";
import { button, el, onEnter } from "./elements.js";
import { say } from "./language.js";
import { announce, toast } from "./telling.js";
import { oneLine } from "./texts.js";
import { clock, fineClock, seconds } from "./times.js";

const KINDS = { decision: "decision", action: "action", agenda_point: "agenda point" };
const FACTS = ["date", "place", "attendees", "agenda"];

export class NotesSheet {
  name = "notes";

  constructor(parts) {
    Object.assign(this, parts); // meeting, saving, sound
  }

  count() {
    return this.meeting.notes.length;
  }

  show(root) {
    const typing = root.contains(document.activeElement) && document.activeElement.matches("input, textarea");
    const { notes } = this.meeting;
    const add = Object.keys(KINDS).map((kind) => {
      return button({ icon: kind, text: say(kind), data: { part: kind }, on: { click: () => this.ask(kind) } });
    });
    const list = el("ol", { class: "notes" }, ...notes.map((note) => this.#line(note)));
    const facts = typing ? root.querySelector(".facts-of") : this.#facts(root.querySelector("details")?.open);
    const head = [
      el("div", { class: "add" }, ...add),
      notes.length ? list : el("p", { class: "quiet", text: say("notes_none") }),
    ];
    if (typing) root.querySelectorAll(":scope > :not(.facts-of)").forEach((each) => each.remove());
    if (typing) root.prepend(...head);
    else root.replaceChildren(...head, facts);
  }

  /** Asks for a new note at the present time, or for the changes of one. `kind`: as in the table of keys. */
  ask(kind, note = null) {
    const time = note?.time ?? this.sound.time;
    const title = say("note_new", { kind: say(kind), time: clock(time) });
    open(title, (close) => {
      const text = el("textarea", { rows: 3, autofocus: true, is: { value: note?.text ?? "" } });
      const who = el("input", { list: "people", autocomplete: "off", is: { value: note?.who ?? "" } });
      const until = el("input", { autocomplete: "off", is: { value: note?.until ?? "" } });
      const at = el("input", { class: "short", inputmode: "numeric", is: { value: fineClock(time) } });
      const wrong = el("p", { class: "wrong", role: "alert" });
      const when = () => (at.value === fineClock(time) ? time : seconds(at.value));
      const id = note?.id ?? noteId();
      const words = () => ({ text: oneLine(text.value), who: oneLine(who.value), until: oneLine(until.value) });
      const made = () => ({ id, kind: KINDS[kind], time: when(), ...words() });
      const save = () => this.#save(made(), close, wrong);
      for (const each of [text, who, until, at]) onEnter(each, save);
      const due = el("div", { class: "fields" }, field("note_who", who), field("note_until", until));
      due.hidden = kind !== "action";
      const under = choices(close, say(note ? "save" : "note_add"), save, { stays: true });
      return [field("note_text", text), due, field("note_time", at), wrong, under];
    });
  }

  async #save(note, close, wrong) {
    const whole = this.meeting.duration;
    if (!note.text) wrong.textContent = say("note_empty");
    else if (note.time === null || note.time > whole) wrong.textContent = say("insert_wrong", { whole: clock(whole) });
    else {
      close();
      if (await this.saving.correct([putNote(note)])) announce(say("note_done"));
    }
  }

  #line(note) {
    const kind = Object.keys(KINDS).find((key) => KINDS[key] === note.kind);
    const time = clock(note.time);
    const tool = (part, click, more) => button({ data: { part }, on: { click }, ...more });
    const go = tool(
      "go",
      () => this.sound.playFrom(note.time),
      { text: time, label: say("note_go", { time }), class: "clock" },
    );
    const change = tool(
      "edit",
      () => this.ask(kind, note),
      { icon: "edit", label: say("note_edit", { text: note.text }) },
    );
    const drop = tool("drop", () => this.#drop(note), { icon: "delete", label: say("note_drop", { text: note.text }) });
    const due = [note.who, note.until].filter(Boolean).join(" · ");
    const tools = el("span", { class: "tools" }, change, drop);
    const head = el("p", { class: "head" }, go, el("strong", { text: say(kind) }), el("span", { text: due }), tools);
    return el("li", { class: `note-line ${kind}`, data: { name: note.id } }, head, el("p", { text: note.text }));
  }

  async #drop(note) {
    if (!(await this.saving.correct([dropNote(note.id)]))) return;
    toast(say("note_dropped"), { action: { text: say("undo"), do: () => this.saving.move("undo") } });
  }

  /** What is known of the meeting. */
  #facts(isOpen) {
    const rows = FACTS.map((name) => this.#fact(name));
    return el(
      "details",
      { class: "facts-of", open: Boolean(isOpen) },
      el("summary", { text: say("about"), data: { part: "about" } }),
      ...rows,
    );
  }

  #fact(name) {
    const was = this.#written(name);
    const shared = { data: { part: name }, is: { value: was } };
    const type = name === "date" ? "datetime-local" : "text";
    const lines = ["attendees", "agenda"].includes(name);
    const input = lines ? el("textarea", { rows: 3, ...shared }) : el("input", { type, ...shared });
    input.addEventListener("change", async () => {
      if (await this.saving.correct([describe(name, input.value.trim())])) announce(say("about_done"));
    });
    return field(name, input);
  }

  #written(name) {
    const value = this.meeting[name];
    if (name === "date") return (value ?? "").slice(0, 16);
    return Array.isArray(value) ? value.join("\n") : value ?? "";
  }
}
