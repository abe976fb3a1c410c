/** How a speaker is told from others: a colour, a pattern where colours are used up, and always the number. */

export const N_COLOURS = 8;
const PATTERNS = ["solid", "hatched", "dotted"];

/** Which colour (1 to 8) and which pattern the speaker of a number has. @param {number} number */
export function look(number) {
  return {
    colour: ((number - 1) % N_COLOURS) + 1,
    pattern: PATTERNS[Math.floor((number - 1) / N_COLOURS) % PATTERNS.length],
  };
}

/** Marks an element with a speaker's number and look. @param {HTMLElement} badge @param {number} number */
export function dress(badge, number) {
  const { colour, pattern } = look(number);
  badge.textContent = String(number);
  badge.dataset.colour = String(colour);
  badge.dataset.pattern = pattern;
}

/** The colours for a canvas: by number of the speaker, and of the rest; those of the system where it forces its own. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  const forced = matchMedia("(forced-colors: active)").matches;
  const ink = forced ? "CanvasText" : value("--ink");
  return {
    speaker: (number) => (forced ? "CanvasText" : value(`--speaker-${look(number).colour}`)),
    silence: forced ? "GrayText" : value("--line"),
    ink,
    paper: forced ? "Canvas" : value("--paper"),
    head: forced ? "Highlight" : value("--accent"),
  };
}
