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

/**
 * The colours for a canvas: of speakers, of a number on them, of silence and ink; the system's where it forces its own.
 */
export function palette() {
  if (matchMedia("(forced-colors: active)").matches) {
    return { speaker: () => "CanvasText", on: () => "Canvas", silence: "GrayText", ink: "CanvasText" };
  }
  const numbers = Array.from({ length: N_COLOURS }, (_, i) => i + 1);
  const [speakers, ons] = ["--speaker-", "--on-speaker-"].map((name) => numbers.map((n) => resolved(name + n)));
  return {
    speaker: (number) => speakers[look(number).colour - 1],
    on: (number) => ons[look(number).colour - 1],
    silence: resolved("--line"),
    ink: resolved("--ink"),
  };
}

/** The colour that a property of the style stands for now, light or dark. */
function resolved(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.setProperty("color", `var(${name})`);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
