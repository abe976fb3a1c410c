/** The text of a turn and its words: which letter belongs to which word. A word is [start, end, text, probability]. */

/** The text that the words make. @param {any[]} words */
export const textOf = (words) => words.map((word) => word[2]).join("").trim();

/**
 * Where each word begins in the text that they make, and where the text ends.
 * @param {any[]} words
 * @returns {number[]}
 */
export function offsets(words) {
  const before = words.map((word) => word[2]).join("");
  const lead = before.length - before.trimStart().length;
  const found = [];
  let at = -lead;
  for (const word of words) {
    found.push(Math.max(0, at + word[2].length - word[2].trimStart().length));
    at += word[2].length;
  }
  return [...found, textOf(words).length];
}

/**
 * The word in which, or before which, a caret stands; the number of words at the end.
 * @param {any[]} words
 * @param {number} offset
 */
export function wordAt(words, offset) {
  const begins = offsets(words);
  if (offset >= begins[words.length]) return words.length;
  let found = 0;
  while (found + 1 < words.length && begins[found + 1] <= offset) found += 1;
  return found;
}

/** How many words stand before a caret: a word that the caret is inside of goes to the nearer side. */
export function wordsBefore(words, offset) {
  const begins = offsets(words);
  let best = 0;
  for (let i = 1; i <= words.length; i++) if (Math.abs(begins[i] - offset) < Math.abs(begins[best] - offset)) best = i;
  return best;
}

/**
 * Where a needle stands in a text, without regard to case; Korean letters are compared composed.
 * @returns {number[]}
 */
export function found(text, needle) {
  const [hay, straw] = [folded(text), folded(needle)];
  const places = [];
  for (let at = straw ? hay.indexOf(straw) : -1; at >= 0; at = hay.indexOf(straw, at + straw.length)) places.push(at);
  return places;
}

/** Lower case where that does not change where a letter stands. */
function folded(text) {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/** A text with all places of a needle replaced. */
export function replaced(text, needle, instead) {
  const places = found(text, needle);
  let [result, at] = ["", 0];
  for (const place of places) {
    result += text.slice(at, place) + instead;
    at = place + needle.length;
  }
  return result + text.slice(at);
}

/** What a person typed as the text of a turn: one line, single spaces. */
export const oneLine = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();
