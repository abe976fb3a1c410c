/** Every key of the page, once: the page acts by this table, and the help shows it. */

/**
 * does: the command. reading: keys while no text field has the focus. typing: keys while one has (and else, too).
 * @type {{group: string, does: string, reading?: string[], typing?: string[]}[]}
 */
export const KEYS = [
  { group: "hear", does: "play", reading: ["Space"], typing: ["Ctrl+Space", "F8"] },
  { group: "hear", does: "back", reading: [","], typing: ["Ctrl+,", "F7"] },
  { group: "hear", does: "forward", reading: ["."], typing: ["Ctrl+.", "F9"] },
  { group: "hear", does: "hear_turn", reading: ["P"] },
  { group: "hear", does: "hear_slowly", reading: ["Shift+P"] },
  { group: "hear", does: "hear_word", reading: ["Shift+Space"], typing: ["Ctrl+Shift+Space"] },
  { group: "hear", does: "slower", reading: ["["], typing: ["Ctrl+["] },
  { group: "hear", does: "faster", reading: ["]"], typing: ["Ctrl+]"] },
  { group: "hear", does: "follow", reading: ["F"] },
  { group: "go", does: "next_turn", reading: ["ArrowDown"] },
  { group: "go", does: "previous_turn", reading: ["ArrowUp"] },
  { group: "go", does: "next_word", reading: ["ArrowRight"] },
  { group: "go", does: "previous_word", reading: ["ArrowLeft"] },
  { group: "go", does: "more_words", reading: ["Shift+ArrowRight"] },
  { group: "go", does: "fewer_words", reading: ["Shift+ArrowLeft"] },
  { group: "go", does: "first_turn", reading: ["Home"] },
  { group: "go", does: "last_turn", reading: ["End"] },
  { group: "go", does: "spoken_turn", reading: ["G"] },
  { group: "go", does: "next_doubt", reading: ["N"] },
  { group: "go", does: "previous_doubt", reading: ["Shift+N"] },
  { group: "go", does: "search", reading: ["/"], typing: ["Ctrl+F"] },
  { group: "go", does: "next_found", typing: ["F3"] },
  { group: "go", does: "previous_found", typing: ["Shift+F3"] },
  { group: "go", does: "next_region", typing: ["F6"] },
  { group: "go", does: "previous_region", typing: ["Shift+F6"] },
  { group: "mend", does: "edit", reading: ["Enter", "F2"] },
  { group: "mend", does: "check_on", reading: ["C"] },
  { group: "mend", does: "check", reading: ["Shift+C"] },
  { group: "mend", does: "assign", reading: ["1", "2", "3", "4", "5", "6", "7", "8", "9"] },
  { group: "mend", does: "assign_new", reading: ["0"] },
  { group: "mend", does: "who", reading: ["W"] },
  { group: "mend", does: "rename", reading: ["R"] },
  { group: "mend", does: "split", reading: ["S"] },
  { group: "mend", does: "join", reading: ["J"] },
  { group: "mend", does: "join_previous", reading: ["Shift+J"] },
  { group: "mend", does: "insert", reading: ["I"] },
  { group: "mend", does: "delete", reading: ["Delete"] },
  { group: "mend", does: "undo", reading: ["U", "Ctrl+Z"] },
  { group: "mend", does: "redo", reading: ["Shift+U", "Ctrl+Y", "Ctrl+Shift+Z"] },
  { group: "note", does: "decision", reading: ["D"] },
  { group: "note", does: "action", reading: ["A"] },
  { group: "note", does: "agenda_point", reading: ["T"] },
  { group: "note", does: "help", reading: ["?"], typing: ["F1"] },
];

/** Only while a turn is being edited. */
export const EDITING_KEYS = [
  { does: "commit", typing: ["Enter"] },
  { does: "cancel", typing: ["Escape"] },
  { does: "split_here", typing: ["Ctrl+Enter"] },
];

const STEPS = new Set(["back", "forward", "slower", "faster"]);
const PUNCTUATION = { Comma: ",", Period: ".", BracketLeft: "[", BracketRight: "]", Slash: "/" };
const WRITTEN = new Set([...Object.values(PUNCTUATION), "?"]);

/** A pressed key as the table writes it: "Ctrl+Shift+Z". @param {KeyboardEvent} event */
export function pressed(event) {
  const name = nameOf(event);
  const shift = event.shiftKey && !WRITTEN.has(name) ? "Shift+" : "";
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + shift + name;
}

/** The key by its letter where it writes a Latin one, else by its place: Hangul and other layouts keep their keys. */
function nameOf({ key, code, shiftKey }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  if (WRITTEN.has(key)) return key;
  if (code === "Slash" && shiftKey) return "?";
  return PUNCTUATION[code] ?? code.replace(/^Key|^Digit|^Numpad(?=\d)/, "").replace("NumpadEnter", "Enter");
}

const [READING, TYPING] = ["reading", "typing"].map((mode) => {
  return new Map(KEYS.flatMap((row) => (row[mode] ?? []).map((key) => [key, row.does])));
});

/**
 * The command of a key, or undefined.
 * @param {KeyboardEvent} event
 * @param {boolean} typing a text field has the focus
 */
export function commandOf(event, typing) {
  const key = pressed(event);
  return TYPING.get(key) ?? (typing ? undefined : READING.get(key));
}

/** Whether a key that is held down does it again and again: not what changes anything. @param {string} does */
export const repeats = (does) => KEYS.find((row) => row.does === does)?.group === "go" || STEPS.has(does);

/** The first key of a command, for people to see; "" if it has none. @param {string} does */
export function keyFor(does) {
  const row = KEYS.find((each) => each.does === does);
  return row ? shown((row.reading ?? row.typing)[0]) : "";
}

const SHOWN = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Delete: "Del" };

/** A key as it is printed on keyboards. @param {string} key */
export const shown = (key) => key.split("+").map((part) => SHOWN[part] ?? part).join("+");

/** All keys of a row, as they are shown: a run of digits as its ends. */
export function shownKeys(row) {
  const keys = [...(row.reading ?? []), ...(row.typing ?? [])];
  return keys[0] === "1" ? [`1–${keys.at(-1)}`] : keys.map(shown);
}
