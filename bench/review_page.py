"""How long a person waits at the review page: opening, scrolling and correcting a meeting of three hours.

    python bench/review_page.py [--hours 1 3] [--runs 5]

A real server and Debian's Chromium without a window, which draws without a graphics card; the minutes are made ones.
Opening: from the navigation to the first turn whose words can be clicked, drawn. Scrolling: times between pictures, of
a steady wheel (200 px a picture) and of a drag over the whole meeting. Correcting: from the key to the new state shown,
drawn, the answer of the server in between.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.reviewing import browser, long_minutes, serving, why_no_browser

_OPENED = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".turn .w")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.opened = performance.now())));
}).observe(document, { subtree: true, childList: true });
"""
_SCROLLED = """
const [way, done] = arguments;
const scroller = document.getElementById("scroller");
const [times, n] = [[], 200];
const step = (now) => {
  times.push(now);
  if (times.length > n) return done(times.slice(1).map((time, i) => time - times[i]));
  scroller.scrollTop = way === "wheel" ? scroller.scrollTop + 200 : (times.length / n) * scroller.scrollHeight;
  requestAnimationFrame(step);
};
scroller.scrollTop = 0;
setTimeout(() => requestAnimationFrame(step), 500);
"""
_CORRECTED = """
const [turn, code, done] = arguments;
const list = document.getElementById("turns");
list.querySelectorAll(".turn")[turn].focus();
const begun = performance.now();
new MutationObserver((records, observer) => {
  if (!records.some((record) => record.target.closest?.(".who"))) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
}).observe(list, { subtree: true, childList: true });
document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: code.at(-1), code, bubbles: true }));
"""


def opened(driver: Any, address: str) -> float:
    """Milliseconds from the navigation on; a new tab, so that nothing is remembered."""
    driver.switch_to.new_window("tab")
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _OPENED})
    driver.get(address)
    while not (found := driver.execute_script("return window.opened")):
        time.sleep(0.05)
    return float(found)


def alone(driver: Any) -> None:
    """Closes all tabs but the last one: a browser shares few connections among those that it has to a server."""
    *others, last = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(last)
    driver.execute_cdp_cmd("Page.bringToFront", {})


def row(driver: Any, folder: Path, hours: float, runs: int) -> str:
    with serving(long_minutes(folder, hours=hours)) as server:
        times = []
        for _ in range(runs + 1):
            times.append(opened(driver, server.address))
            alone(driver)
        times = times[1:]  # the first fills the server's memory
        n_turns = driver.execute_script("return document.querySelectorAll('.turn').length")
        frames = [driver.execute_async_script(_SCROLLED, way) for way in ("wheel", "drag")]
        edits = [
            driver.execute_async_script(_CORRECTED, turn, f"Digit{1 + n % 2}")
            for turn in range(40, 40 + runs)
            for n in range(2)
            if _differs(driver, turn, 1 + n % 2)
        ]
    cells = [f"{hours:g} h", f"{n_turns}", f"{statistics.median(times):.0f}", f"{max(times):.0f}"]
    cells += [f"{statistics.median(each):.0f} / {_percentile(each):.0f}" for each in frames]
    return "| " + " | ".join([*cells, f"{statistics.median(edits):.0f}", f"{max(edits):.0f}"]) + " |"


def _differs(driver: Any, turn: int, number: int) -> bool:
    """Whether a turn is not yet that speaker's."""
    script = "return document.querySelectorAll('.turn')[arguments[0]].querySelector('.badge').textContent"
    return bool(driver.execute_script(script, turn) != str(number))


def _percentile(values: list[float], share: float = 0.95) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, nargs="+", default=[1.0, 3.0])
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    if why := why_no_browser():
        raise SystemExit(f"not measured: {why}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f} before; milliseconds; {args.runs} runs.\n")
    print(
        "| meeting | turns | opened: median | opened: longest | wheel: median / 95 % | drag: median / 95 % | "
        "corrected: median | corrected: longest |\n|---|---|---|---|---|---|---|---|"
    )
    for hours in args.hours:
        with tempfile.TemporaryDirectory() as folder, browser("--lang=en-US") as driver:
            print(row(driver, Path(folder), hours, args.runs), flush=True)


if __name__ == "__main__":
    main()
