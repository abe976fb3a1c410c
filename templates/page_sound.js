// Sound: the recording, played from a time on. A page without sound has no audio element, and none of this is used.

const audio = document.querySelector(".player audio");
const STEP = 3;

/** Embedded sound as a blob: Firefox plays no data: address beyond 32 MB, and nobody seeks in one as quickly. */
function unpacked(address) {
  const comma = address.indexOf(",");
  const type = address.slice("data:".length, address.indexOf(";"));
  const pieces = [];
  for (let i = comma + 1; i < address.length; i += 1 << 20) pieces.push(bytesOf(address.slice(i, i + (1 << 20))));
  return URL.createObjectURL(new Blob(pieces, { type }));
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function loadSound() {
  const address = audio.getAttribute("src");
  if (address.startsWith("data:")) audio.src = unpacked(address);
  audio.preload = "metadata";
}

/** Go to a time without playing. */
function seek(time) {
  const end = Number.isFinite(audio.duration) ? audio.duration : Infinity;
  audio.currentTime = Math.min(Math.max(0, time), end);
}

function playFrom(time) {
  seek(time);
  audio.play().catch(() => {}); // refused where nobody has touched the page yet: the button is there
}

function playOrPause() {
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

/** Step through the speeds that there are. */
function changeSpeed(by) {
  const choice = document.querySelector("#speed");
  choice.selectedIndex = Math.min(Math.max(0, choice.selectedIndex + by), choice.options.length - 1);
  audio.playbackRate = Number(choice.value);
}

/** To the next word (1) or the one before (-1), across turns. */
function stepWord(by) {
  const spoken = turns.flatMap((turn) => (Math.abs(turn.start - audio.currentTime) <= longest + 60 ? turn.words : []));
  const times = spoken.map((word) => word.start).sort((a, b) => a - b);
  // A seek lands a little beside where it was sent: a word begins "now" within a hundredth of a second.
  const found = by > 0 ? times.find((time) => time > audio.currentTime + 0.01)
    : times.findLast((time) => time < audio.currentTime - 0.01);
  if (found !== undefined) seek(found);
}

/** To the beginning of the next turn (1); or of this one, or from its first second on of the one before (-1). */
function stepTurn(by) {
  const shown = turns.filter((turn) => !turn.element.hidden);
  const found = by > 0 ? shown.find((turn) => turn.start > audio.currentTime + 0.01)
    : shown.findLast((turn) => turn.start < audio.currentTime - 1) ?? shown[0];
  if (found) seek(found.start);
}

function wireSound() {
  loadSound();
  const play = document.querySelector("#play");
  play.addEventListener("click", playOrPause);
  for (const kind of ["play", "pause"]) {
    audio.addEventListener(kind, () => (play.textContent = audio.paused ? play.dataset.play : play.dataset.pause));
  }
  document.querySelector("#back").addEventListener("click", () => seek(audio.currentTime - STEP));
  document.querySelector("#forward").addEventListener("click", () => seek(audio.currentTime + STEP));
  document.querySelector("#speed").addEventListener("change", () => changeSpeed(0));
  document.querySelector("#dialogue").addEventListener("click", (event) => {
    const word = wordOf(event);
    if (word && getSelection().isCollapsed) playFrom(seconds(word.dataset.start));
  });
  document.querySelector(".player .controls").hidden = false;
  document.querySelector(".player .keys").hidden = false;
  document.documentElement.classList.add("sounding");
}
