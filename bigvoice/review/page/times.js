/** Times as people read and write them. */

const two = (n) => String(n).padStart(2, "0");

/** Seconds as a clock: 75 is "1:15", 3675 is "1:01:15". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A clock with tenths, for what a person edits: 75.25 is "1:15.3". @param {number} seconds */
export function fineClock(seconds) {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${clock(tenths / 10)}.${tenths % 10}`;
}

/**
 * The seconds of a clock as a person writes it ("1:15", "1:01:15.5", "75"); null where it is none.
 * @param {string} text
 */
export function seconds(text) {
  const parts = text.trim().replace(",", ".").split(":");
  const last = parts.length - 1;
  const isTime = parts.every((part, i) => (i < last ? /^\d+$/ : /^\d+(\.\d+)?$/).test(part));
  if (parts.length > 3 || !isTime) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** A percentage without decimals: 0.346 is "35 %". @param {number} share */
export const percent = (share) => `${Math.round(share * 100)} %`;

/** The time of the day, as "14:02:11". @param {Date} date */
export function timeOfDay(date) {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}
