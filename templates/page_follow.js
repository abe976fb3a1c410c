// Follow: the word that is spoken is marked and kept in sight, until the reader scrolls elsewhere.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SCROLLING = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
let marked = [];

const following = () => document.querySelector("#follow").getAttribute("aria-pressed") === "true";

function setFollowing(on) {
  document.querySelector("#follow").setAttribute("aria-pressed", String(on));
  if (on) markNow();
}

/** Mark what is spoken now; where nobody speaks the last word stays. */
function markNow() {
  const words = turnsAt(audio.currentTime).map((turn) => turn.wordAt(audio.currentTime)).filter(Boolean);
  const elements = words.map((word) => word.element);
  if (!elements.length || (elements.length === marked.length && elements.every((each, i) => each === marked[i]))) return;
  for (const element of marked) element.classList.remove("now");
  for (const element of elements) element.classList.add("now");
  marked = elements;
  if (following()) keepInSight(elements[0]);
}

/** Scroll to a word that is not in the middle part of the window; smoothly if it is near. */
function keepInSight(element) {
  const place = element.getBoundingClientRect();
  if (place.height && place.top > innerHeight * 0.2 && place.bottom < innerHeight * 0.7) return;
  const near = Math.abs(place.top) < 2 * innerHeight && !calm.matches;
  element.scrollIntoView({ block: "center", behavior: near ? "smooth" : "auto" });
}

function markWhilePlaying() {
  markNow();
  if (!audio.paused) requestAnimationFrame(markWhilePlaying);
}

/** The reader scrolls: by wheel or finger, by a key, or by the bar beside the page. */
function wireScrolling() {
  const stop = () => following() && !audio.paused && setFollowing(false);
  addEventListener("wheel", stop, { passive: true });
  addEventListener("touchmove", stop, { passive: true });
  addEventListener("keydown", (event) => SCROLLING.has(event.key) && !isField(event.target) && stop());
  addEventListener("pointerdown", (event) => {
    if (event.target === document.documentElement && event.clientX >= document.documentElement.clientWidth) stop();
  });
}

function wireFollow() {
  audio.addEventListener("play", markWhilePlaying);
  audio.addEventListener("seeked", markNow);
  document.querySelector("#follow").addEventListener("click", () => setFollowing(!following()));
  wireScrolling();
}
