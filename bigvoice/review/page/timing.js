/** Which turn and which word are spoken at a time. Turns are in order of their starts, and may overlap. */

/**
 * How many of the sorted items start at or before a time.
 * @param {any[]} items
 * @param {number} time
 * @param {(item: any) => number} start
 */
export function startedBy(items, time, start) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start(items[middle]) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const LOOK_BACK = 30; // turns: no more than these speak at once

/**
 * The number of the turn to show at a time: of those being spoken the one begun last, else the last one begun; -1
 * before all.
 */
export function spokenTurn(turns, time) {
  const last = startedBy(turns, time, (turn) => turn.turn[0]) - 1;
  for (let i = last; i >= Math.max(0, last - LOOK_BACK); i--) if (time < turns[i].turn[1]) return i;
  return last;
}

/** The number of the word being spoken, or of the last one begun; -1 before the first. */
export function spokenWord(words, time) {
  return startedBy(words, time, (word) => word[0]) - 1;
}
