/** Where she was and what she wrote, over a reload. */

import { keyOf } from "./patching.js";

/** Keeps it. */
export function rememberPlace({ keep, sound, transcript }) {
  const top = transcript.top();
  const { turn } = transcript;
  keep.set("place", { time: sound.time, rate: sound.rate, turn: turn && keyOf(turn), top: top && keyOf(top) });
}

/** Goes there. */
export function returnToPlace({ keep, sound, transcript, meeting }) {
  const place = keep.get("place");
  if (!place) return;
  sound.seek(place.time);
  sound.setRate(place.rate);
  const [turn, top] = [place.turn, place.top].map((key) => meeting.find(key));
  if (turn) transcript.choose(turn, { focus: false, show: false });
  if (top) transcript.show(transcript.view(top).li, { block: "start" });
}

/** Texts that waited for the server before a reload are seen in their turns. */
export function showPending({ saving, meeting, transcript }) {
  for (const { do: verb, turn, text } of saving.jobs.flatMap((job) => job.body.corrections ?? [])) {
    const there = verb === "write" && meeting.find(turn.join(" "));
    if (there) transcript.view(there).wait(text);
  }
  const done = () => {
    if (saving.now !== "saved") return;
    for (const view of transcript.views.values()) if (view.pending !== null) view.wait(null);
  };
  if (saving.jobs.length) saving.addEventListener("state", done);
}
