// Speakers: only the turns of those who are ticked are shown.

/** Show the turns of the speakers that are ticked, and say so on the page where some are not. */
function filter() {
  const boxes = [...document.querySelectorAll("#speakers input")];
  const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const turn of turns) turn.element.hidden = !shown.has(turn.element.dataset.speaker);
  const names = boxes.filter((box) => box.checked).map((box) => box.parentElement.textContent.trim());
  const only = document.querySelector("#only");
  only.textContent = only.dataset.only.replace("{names}", () => names.join(", ") || "—");
  only.hidden = shown.size === boxes.length;
  if (document.querySelector("#search").value) search();
}

function wireSpeakers() {
  const choice = document.querySelector("#speakers");
  if (!choice) return;
  choice.addEventListener("change", filter);
  document.querySelector("#everybody").addEventListener("click", () => {
    for (const box of choice.querySelectorAll("input")) box.checked = true;
    filter();
  });
}
