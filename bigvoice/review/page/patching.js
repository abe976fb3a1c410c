/** Turns of one state become those of the next; what stays is the same object. */

/** A turn's place as a key of maps. @param {{turn: [number, number, string]}} turn */
export const keyOf = (turn) => placeKey(turn.turn);
export const placeKey = ([start, end, speaker]) => `${start} ${end} ${speaker}`;

/** In the order of the minutes: by start, then end, then as they came. */
const byTime = (a, b) => a.turn[0] - b.turn[0] || a.turn[1] - b.turn[1];

/**
 * The turns without those gone, with those new or changed.
 * @param {any[]} turns
 * @param {{gone: any[], now: any[]}} change
 */
export function patched(turns, { gone, now }) {
  const out = new Set([...gone.map(placeKey), ...now.map(keyOf)]);
  return [...turns.filter((turn) => !out.has(keyOf(turn))), ...now].sort(byTime);
}

/** What makes the turns `before` into those `after`: {gone, now}. */
export function difference(before, after) {
  const was = new Map(before.map((turn) => [keyOf(turn), turn]));
  const is = new Set(after.map(keyOf));
  return {
    gone: before.filter((turn) => !is.has(keyOf(turn))).map((turn) => turn.turn),
    now: after.filter((turn) => !was.has(keyOf(turn)) || !same(was.get(keyOf(turn)), turn)),
  };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The turn that stands where another stood: the same place, else the same time, else the one that shares most time. */
export function successor(turns, [start, end, speaker]) {
  const shared = (turn) => Math.min(end, turn.turn[1]) - Math.max(start, turn.turn[0]);
  const near = turns.filter((turn) => turn.turn[0] < end + 60 && turn.turn[1] > start - 60);
  const score = (turn) =>
    (turn.turn[0] === start && turn.turn[1] === end ? 1e6 : 0) + (turn.turn[2] === speaker ? 0.001 : 0) + shared(turn);
  return (near.length ? near : turns).reduce((best, turn) => (!best || score(turn) > score(best) ? turn : best), null);
}
