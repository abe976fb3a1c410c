// Search: what is typed is found in what was said, also across words, and counted.

let hits = [];
let current = -1;

const plain = (text) => text.normalize("NFC").toLowerCase();

/** The text of a turn as it is searched, and its words with the places where they begin and end in it; made once. */
function indexOf(turn) {
  if (!turn.index) {
    turn.index = { text: "", words: [] };
    for (const node of turn.element.querySelector(".said").childNodes) {
      const from = turn.index.text.length;
      turn.index.text += plain(node.textContent);
      if (node.dataset) turn.index.words.push({ element: node, from, to: turn.index.text.length });
    }
  }
  return turn.index;
}

/** The hits of a turn, each the elements of the words that it touches. */
function hitsIn(turn, wanted) {
  const { text, words } = indexOf(turn);
  const found = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push(words.filter((word) => word.from < at + wanted.length && word.to > at).map((word) => word.element));
  }
  return found.filter((elements) => elements.length);
}

/** Look for what is in the search field, in the turns that are shown. */
function search() {
  for (const element of document.querySelectorAll(".hit")) element.classList.remove("hit", "hit-now");
  const wanted = plain(document.querySelector("#search").value).trim();
  hits = wanted ? turns.filter((turn) => !turn.element.hidden).flatMap((turn) => hitsIn(turn, wanted)) : [];
  current = -1;
  for (const element of hits.flat()) element.classList.add("hit");
  for (const id of ["#next", "#previous"]) document.querySelector(id).disabled = !hits.length;
  if (hits.length) goToHit(1);
  else document.querySelector("#hits").textContent = wanted ? document.querySelector("#hits").dataset.none : "";
}

/** To the next hit (1) or the one before (-1), round and round. */
function goToHit(by) {
  if (!hits.length) return;
  for (const element of hits[current] ?? []) element.classList.remove("hit-now");
  current = (Math.max(current, by > 0 ? -1 : 0) + by + hits.length) % hits.length;
  for (const element of hits[current]) element.classList.add("hit-now");
  hits[current][0].scrollIntoView({ block: "center" });
  const told = document.querySelector("#hits");
  told.textContent = told.dataset.hits.replace("{n}", current + 1).replace("{count}", hits.length);
}

function wireSearch() {
  const field = document.querySelector("#search");
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120); // not at every letter of a long meeting
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter that ends a Hangul syllable
    if (event.key === "Enter") goToHit(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      field.value = "";
      search();
    }
  });
  document.querySelector("#next").addEventListener("click", () => goToHit(1));
  document.querySelector("#previous").addEventListener("click", () => goToHit(-1));
  document.querySelector(".tools").hidden = false;
}
