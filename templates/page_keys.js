// Keys: all of the player by the keyboard; they can be switched off, as single letters trouble those who dictate.

const KEYS = {
  " ": playOrPause,
  k: playOrPause,
  j: () => seek(audio.currentTime - STEP),
  l: () => seek(audio.currentTime + STEP),
  b: () => stepWord(-1),
  w: () => stepWord(1),
  p: () => stepTurn(-1),
  n: () => stepTurn(1),
  "<": () => changeSpeed(-1),
  ",": () => changeSpeed(-1),
  ">": () => changeSpeed(1),
  ".": () => changeSpeed(1),
  f: () => setFollowing(!following()),
  c: copyLink,
};

/** Something that one types into or chooses from. */
function isField(element) {
  return Boolean(element.closest?.("input, select, textarea"));
}

/** The key as the list has it; by its place on the keyboard where that writes Hangul, or has Caps Lock on. */
function nameOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code);
  return event.key in KEYS || !letter ? event.key : letter[1].toLowerCase();
}

function act(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isField(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("#search").focus();
    return;
  }
  const name = nameOf(event);
  const own = event.target.closest?.("button, summary, a, audio");
  if (!audio || !document.querySelector("#use-keys").checked || !(name in KEYS) || (own && name === " ")) return;
  event.preventDefault();
  KEYS[name]();
}
