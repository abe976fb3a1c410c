// Times: as the page writes them, as links write them, as people read them.

/** The seconds of a time written in hundredths to base 36. */
function seconds(stamp) {
  return parseInt(stamp, 36) / 100;
}

/** The seconds of "12:31", "1:02:31" or "751.5"; NaN for anything else. */
function fromClock(text) {
  if (!/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text)) return NaN;
  return text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

/** "12:31" or "1:02:31": a time as people read it, whole seconds cut off. */
function toClock(time) {
  const whole = Math.floor(time);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, i) => (i ? String(part).padStart(2, "0") : String(part))).join(":");
}
