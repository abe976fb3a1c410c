/**
 * The waveform, twice: the whole meeting, and the part around the play head. Whose sound it is shows the colour and, as
 * colours are not for everybody, the row below it and the number in it.
 */

import { palette } from "./colours.js";
import { $ } from "./elements.js";
import { say } from "./language.js";
import { startedBy } from "./timing.js";
import { clock } from "./times.js";

const A_SECOND = 20; // levels
const ROWS = 9; // speakers with a row of their own; those after share the last
const HEAD_AT = 0.35; // of the width: where the play head stands in the zoomed part
const SPANS = [10, 20, 40, 80, 160]; // seconds the zoomed part may show
const STEP = 5; // seconds, of the arrow keys

export class Waveform {
  #levels = new Uint8Array();
  #owners = new Uint8Array(); // the number of who speaks, for each level; 0 for nobody
  #span = 2;
  #colours = palette();
  #waiting = false;
  #stale = true; // the picture of the whole meeting
  #begins = []; // the starts of turns, in order, and
  #longest = 0; // the longest of them, to find the turns of a time

  /** @param {(time: number) => void} seek to a time that she chose here */
  constructor(meeting, sound, transcript, seek) {
    Object.assign(this, { meeting, sound, transcript, seek });
    this.overview = $("overview");
    this.zoom = $("zoom");
    meeting.addEventListener("changed", () => this.#changed());
    transcript.addEventListener("current", () => this.draw());
    sound.addEventListener("time", () => this.draw());
    new ResizeObserver(() => this.#resized()).observe(this.overview);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
      matchMedia(query).addEventListener("change", () => this.#resized());
    this.#listen();
  }

  get seconds() {
    return Math.max(this.meeting.duration ?? 0, 0.001);
  }

  get n() {
    return this.#levels.length;
  }

  /** More levels, from the server. @param {Uint8Array} levels */
  add(levels) {
    const all = new Uint8Array(this.#levels.length + levels.length);
    all.set(this.#levels);
    all.set(levels, this.#levels.length);
    this.#levels = all;
    this.#resized();
  }

  /** Draws with the next picture. */
  draw() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  translate() {
    this.#tellPlace();
  }

  #listen() {
    const at = (event, element) => (event.clientX - element.getBoundingClientRect().left) / element.clientWidth;
    const drag = (element, place) => {
      element.addEventListener("pointerdown", (event) => {
        element.setPointerCapture(event.pointerId);
        this.seek(place(event));
      });
      if (element !== this.overview) return;
      element.addEventListener("pointermove", (event) => event.buttons && this.seek(place(event)));
    };
    drag(this.overview, (event) => Math.min(1, Math.max(0, at(event, this.overview))) * this.seconds);
    drag(this.zoom, (event) => this.#window().from + at(event, this.zoom) * this.#window().length);
    this.zoom.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.overview.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #wheel(event) {
    event.preventDefault();
    this.#span = Math.min(SPANS.length - 1, Math.max(0, this.#span + Math.sign(event.deltaY)));
    this.draw();
  }

  #pressed(event) {
    const { time } = this.sound;
    const to = { ArrowLeft: time - STEP, ArrowRight: time + STEP, Home: 0, End: this.seconds - STEP }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(to);
  }

  #changed() {
    const { turns } = this.meeting;
    this.#begins = turns.map((turn) => turn.turn[0]);
    this.#longest = turns.reduce((most, turn) => Math.max(most, turn.turn[1] - turn.turn[0]), 0);
    this.#owners = new Uint8Array(Math.ceil(this.seconds * A_SECOND));
    for (const { turn: [start, end, id] } of turns) {
      const number = Math.min(255, this.meeting.voices.get(id)?.number ?? 0);
      this.#owners.fill(number, Math.floor(start * A_SECOND), Math.ceil(end * A_SECOND));
    }
    this.#stale = true;
    this.draw();
  }

  #resized() {
    this.#colours = palette();
    for (const place of [this.overview, this.zoom]) {
      const canvas = place.querySelector("canvas");
      const [width, height] = [place.clientWidth, place.clientHeight].map((n) => Math.round(n * devicePixelRatio));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    this.#stale = true;
    this.draw();
  }

  /** The part that the zoomed waveform shows. */
  #window() {
    const length = Math.min(SPANS[this.#span], this.seconds);
    const from = Math.min(this.seconds - length, Math.max(0, this.sound.time - HEAD_AT * length));
    return { from, length };
  }

  #draw() {
    this.#tellPlace();
    if (this.#stale) this.#drawWhole();
    const part = this.#window();
    const width = this.overview.clientWidth;
    move(this.overview.querySelector(".head"), (this.sound.time / this.seconds) * width);
    const frame = this.overview.querySelector(".window");
    move(frame, (part.from / this.seconds) * width);
    frame.style.setProperty("width", `${Math.max(2, (part.length / this.seconds) * width)}px`);
    if (!this.zoom.clientHeight) return;
    move(this.zoom.querySelector(".head"), ((this.sound.time - part.from) / part.length) * this.zoom.clientWidth);
    this.#drawPart(this.zoom.querySelector("canvas"), part.from, part.length, true);
  }

  #drawWhole() {
    const canvas = this.overview.querySelector("canvas");
    this.#stale = !canvas.width;
    if (canvas.width) this.#drawPart(canvas, 0, this.seconds, false);
  }

  /** Levels above, and below them a row of blocks for each speaker (numbered in the zoomed part). */
  #drawPart(canvas, from, length, numbered) {
    const pen = canvas.getContext("2d");
    const { width, height } = canvas;
    pen.clearRect(0, 0, width, height);
    const rows = Math.min(ROWS, Math.max(1, ...this.meeting.speakers.map((speaker) => speaker.number)));
    const below = numbered ? 18 * devicePixelRatio : Math.min(height * 0.45, rows * 4 * devicePixelRatio);
    this.#drawLevels(pen, width, height - below, from, length);
    if (numbered) this.#drawBlocks(pen, width, height - below, below, from, length);
    else this.#drawRows(pen, width, height - below, below / rows, length);
  }

  #drawLevels(pen, width, height, from, length) {
    const bar = Math.max(1, Math.round(devicePixelRatio * (length > SPANS.at(-1) ? 1 : 2)));
    const a_pixel = (length * A_SECOND) / width;
    const middle = height / 2;
    for (let x = 0; x < width; x += bar + (bar > 1 ? 1 : 0)) {
      const first = Math.floor(from * A_SECOND + x * a_pixel);
      const last = Math.max(first + 1, Math.floor(from * A_SECOND + (x + bar) * a_pixel));
      const [level, owner] = this.#most(first, last);
      const high = Math.max(devicePixelRatio, (level / 255) * (height - 2));
      pen.fillStyle = owner ? this.#colours.speaker(owner) : this.#colours.silence;
      pen.fillRect(x, middle - high / 2, bar, high);
    }
  }

  /** The highest level of some, and who speaks there. */
  #most(first, last) {
    let [level, owner] = [0, 0];
    for (let i = first; i < last; i++) {
      if (this.#levels[i] > level) level = this.#levels[i];
      owner ||= this.#owners[i] ?? 0;
    }
    return [level, owner];
  }

  /** The whole meeting: where a block lies tells who it is, without any colour. */
  #drawRows(pen, width, top, height, length) {
    for (const { turn: [start, end, id] } of this.meeting.turns) {
      const number = this.meeting.voices.get(id)?.number ?? 1;
      pen.fillStyle = this.#colours.speaker(number);
      const row = Math.min(ROWS, number) - 1;
      const wide = Math.max(1, ((end - start) / length) * width);
      pen.fillRect((start / length) * width, top + row * height, wide, Math.max(1, height - 1));
    }
  }

  #drawBlocks(pen, width, top, height, from, length) {
    const { turns } = this.meeting;
    const first = startedBy(this.#begins, from - this.#longest, (start) => start);
    pen.font = `600 ${11 * devicePixelRatio}px system-ui, sans-serif`;
    pen.textBaseline = "middle";
    for (let i = Math.max(0, first - 1); i < turns.length && turns[i].turn[0] < from + length; i++) {
      const [start, end, id] = turns[i].turn;
      if (end < from) continue;
      const number = this.meeting.voices.get(id)?.number ?? 1;
      const [x, wide] = [((start - from) / length) * width, ((end - start) / length) * width];
      const box = [Math.round(x), top + 2, Math.max(2, Math.round(wide) - 1), height - 3];
      this.#block(pen, box, number, turns[i] === this.transcript.turn);
    }
  }

  #block(pen, [x, y, wide, high], number, current) {
    pen.globalAlpha = current ? 1 : 0.75;
    pen.fillStyle = this.#colours.speaker(number);
    pen.fillRect(x, y, wide, high);
    pen.globalAlpha = 1;
    if (current) {
      pen.strokeStyle = this.#colours.ink;
      pen.lineWidth = 2 * devicePixelRatio;
      pen.strokeRect(x + 1, y + 1, wide - 2, high - 2);
    }
    if (wide < 10 * devicePixelRatio) return;
    pen.fillStyle = this.#colours.on(number);
    pen.fillText(String(number), Math.max(x, 0) + 4 * devicePixelRatio, y + high / 2 + 0.5);
  }

  #tellPlace() {
    const [time, whole] = [clock(this.sound.time), clock(this.seconds)];
    const told = `${time} / ${whole}`;
    if ($("time").textContent === told) return;
    $("time").textContent = told;
    this.overview.setAttribute("aria-valuemax", String(Math.round(this.seconds)));
    this.overview.setAttribute("aria-valuenow", String(Math.round(this.sound.time)));
    this.overview.setAttribute("aria-valuetext", say("place_told", { time, whole }));
  }
}

/** Moves without layout. */
function move(element, x) {
  element.style.setProperty("transform", `translateX(${x}px)`);
}
