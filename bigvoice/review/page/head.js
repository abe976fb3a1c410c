/** What stands around the transcript: the title, whether all is saved, what is to be undone, the state of the sound. */

import { $, button, icon } from "./elements.js";
import { say } from "./language.js";
import { banner, toast } from "./telling.js";
import { percent, timeOfDay } from "./times.js";

/** The title, and what is to be undone. */
export function showHead({ meeting, sound }) {
  const title = $("title");
  if (document.activeElement !== title) title.value = meeting.title;
  document.title = meeting.title || meeting.file;
  $("file").textContent = meeting.file;
  $("turns").lang = meeting.language ?? "";
  for (const move of ["undo", "redo"]) {
    const told = meeting[move] ? say(`${move}_what`, { what: meeting[move] }) : say(move);
    $(move).title = told;
    $(move).setAttribute("aria-label", told);
    $(move).setAttribute("aria-disabled", String(!meeting[move]));
  }
  banner("trouble", meeting.trouble ?? "");
  showRecording(meeting, sound);
}

/** Whether there is a recording, and how far it is read. */
export function showRecording({ recording, duration }) {
  const { state: now, told, decoded } = recording;
  document.body.classList.toggle("soundless", now === "missing");
  const reading = now === "decoding" && decoded < duration - 1;
  banner("recording", told);
  // Not a banner: that would move all the page when it goes.
  $("reading").textContent = reading ? say("decoding", { percent: percent(decoded / duration) }) : "";
}

/** Whether all is saved, or waits for a server that is gone. */
export function showSaved({ saving }) {
  const { now, at, jobs } = saving;
  const place = $("saved");
  const shown = now === "gone" && !jobs.length ? "saved" : now;
  place.dataset.state = shown;
  const saved = at ? say("saved_at", { time: timeOfDay(at) }) : say("nothing_changed");
  place.textContent = { gone: say("not_saved"), saving: say("saving"), saved }[shown];
  const waiting = jobs.length ? say("server_gone_count", { count: jobs.length }) : "";
  const gone = now === "gone" && !document.body.classList.contains("ended");
  const was = document.querySelector(".banner.gone");
  const again = button({ text: say("try_now"), on: { click: () => saving.flush() } });
  banner("gone", gone ? `${say("server_gone")} ${waiting}`.trim() : "", again);
  if (was && !gone) toast(say("server_back"));
}

/** Play, or pause. */
export function showPlaying({ sound, following }) {
  const play = $("play");
  play.querySelector("svg").replaceWith(icon(sound.playing ? "pause" : "play"));
  play.setAttribute("aria-pressed", String(sound.playing));
  document.body.classList.toggle("playing", sound.playing);
  following.mark();
}
