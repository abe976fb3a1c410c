// Turns: the blocks of the dialogue and their words, and which of them are spoken at a time.

/** One block; its words are read when they are first needed, as a long meeting has tens of thousands. */
class Turn {
  constructor(element) {
    this.element = element;
    this.start = seconds(element.dataset.from);
    this.end = seconds(element.dataset.to);
  }

  get words() {
    this.read ??= [...this.element.querySelectorAll("[data-start]")].map((element) => ({
      element,
      start: seconds(element.dataset.start),
    }));
    return this.read;
  }

  /** The word that is spoken at a time, or was last; the first before it begins. */
  wordAt(time) {
    return this.words.findLast((word) => word.start <= time) ?? this.words[0];
  }
}

const turns = [...document.querySelectorAll(".turn")].map((element) => new Turn(element));
const longest = turns.reduce((most, turn) => Math.max(most, turn.end - turn.start), 0);

/** The number of the last turn that begins at a time or before; -1 before the first. */
function lastBegun(time) {
  let low = 0, high = turns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turns[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The turns in which somebody speaks at a time: several where people speak at once. */
function turnsAt(time) {
  const found = [];
  for (let i = lastBegun(time); i >= 0 && turns[i].start >= time - longest; i--) {
    if (turns[i].end > time) found.unshift(turns[i]);
  }
  return found;
}

/** The word of an event's target, if it is one. */
function wordOf(event) {
  return event.target.closest?.(".said [data-start]");
}
