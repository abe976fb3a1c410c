/** Corrections as the server takes them; a turn here is a turn object of the state. */

import { textOf } from "./texts.js";

const EDGE = 0.01; // seconds from the ends of a turn at which it may be split

export const rename = (speaker, name, role) => (
  { do: "rename", speaker, name, ...(role === undefined ? {} : { role }) }
);
export const merge = (speaker, into) => ({ do: "merge", speaker, into });
export const assign = (turn, to) => ({ do: "assign", turn: turn.turn, to });
export const join = (first, second) => ({ do: "join", turn: first.turn, other: second.turn });
export const write = (turn, text) => ({ do: "write", turn: turn.turn, text, was: textOf(turn.words) });
export const check = (turn, checked) => ({ do: "check", turn: turn.turn, checked });
export const remove = (turn) => ({ do: "delete", turn: turn.turn, was: textOf(turn.words) });
export const insert = (start, end, speaker, text) => ({ do: "insert", turn: [start, end, speaker], text });
export const putNote = (note) => ({ do: "note", note });
export const dropNote = (id) => ({ do: "drop note", id });
export const describe = (field, value) => ({ do: "describe", field, value });

/** The turn as two, the second from word number `n` on; null where one part would have no word. */
export function split(turn, n) {
  if (n <= 0 || n >= turn.words.length) return null;
  return { do: "split", turn: turn.turn, at: border(turn, n), words: n };
}

/** A turn without words (or any) as two at a time; null where that is not inside of it. */
export function splitAt(turn, time) {
  const [start, end] = turn.turn;
  return start < time && time < end ? { do: "split", turn: turn.turn, at: time } : null;
}

/** Words `from` to `to` of a turn to another speaker: cut off on both sides, given away, in one step. */
export function assignWords(turn, from, to, speaker) {
  let [[start, end, id], words] = [turn.turn, turn.words];
  const steps = [];
  if (to + 1 < words.length) {
    const at = border(turn, to + 1);
    steps.push({ do: "split", turn: [start, end, id], at, words: to + 1 });
    end = at;
  }
  if (from > 0) {
    const at = Math.min(border(turn, from), end - EDGE / 2);
    steps.push({ do: "split", turn: [start, end, id], at, words: from });
    start = at;
  }
  return [...steps, { do: "assign", turn: [start, end, id], to: speaker }];
}

/** The time between word `n` and the one before it, within the turn. */
function border(turn, n) {
  const [start, end] = turn.turn;
  const [before, after] = [turn.words[n - 1][1], turn.words[n][0]];
  const at = Math.round(500 * (before + after)) / 1000;
  const edge = Math.min(EDGE, (end - start) / 4);
  return Math.min(end - edge, Math.max(start + edge, at));
}

/** An id that no speaker has. @param {{id: string}[]} speakers */
export function newId(speakers) {
  const taken = new Set(speakers.map((speaker) => speaker.id));
  let number = speakers.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  return `s${number}`;
}

/** An id for a note that no other window makes at the same time. */
export const noteId = () => `n${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
