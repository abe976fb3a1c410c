// Links: an address that ends in #t=12:31 opens the page there.

/** The time that the address names; NaN where it names none. */
function linkedTime() {
  const named = location.hash.replaceAll(/%3A/gi, ":"); // as some programs write a colon in an address
  return named.startsWith("#t=") ? fromClock(named.slice("#t=".length)) : NaN;
}

/** Show what is said at a time, and be ready to play it. */
function show(time) {
  for (const element of document.querySelectorAll(".turn.at")) element.classList.remove("at");
  const turn = turnsAt(time)[0] ?? turns[Math.max(0, lastBegun(time))];
  if (turn) {
    turn.element.hidden = false;
    turn.element.classList.add("at");
    (turn.wordAt(time)?.element ?? turn.element).scrollIntoView({ block: "center" });
  }
  if (audio) seek(time);
}

function showLinked() {
  const time = linkedTime();
  if (Number.isFinite(time)) show(time);
}

/** Text to the clipboard; false where the browser does not let us. */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Put a link to the time now into the address, and into the clipboard if that is possible. */
async function copyLink() {
  const clock = toClock(audio.currentTime);
  history.replaceState(null, "", `#t=${clock}`);
  const { copied, failed } = document.querySelector("#copy").dataset;
  const done = await toClipboard(location.href);
  document.querySelector("#told").textContent = done ? copied.replace("{clock}", clock) : failed;
}

/** A turn's clock plays it. */
function playClock(event) {
  const clock = event.target.closest?.("a.clock");
  if (!clock || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const turn = clock.closest(".turn");
  history.replaceState(null, "", clock.getAttribute("href"));
  if (turn) playFrom(seconds(turn.dataset.from));
  else showLinked();
}

function wireLinks() {
  addEventListener("hashchange", showLinked);
  if (audio) {
    document.addEventListener("click", playClock);
    document.querySelector("#copy").addEventListener("click", copyLink);
  }
  showLinked();
}
