"""The transcript page in a browser: heard, followed, searched, filtered, linked to, printed, and without scripts."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bigvoice.documents import write
from bigvoice.settings import DocumentOptions
from tests import meetings
from tests.sample_minutes import recording_of, sample

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, CHROMEDRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
pytestmark = pytest.mark.skipif(
    not (Path(CHROMIUM).exists() and Path(CHROMEDRIVER).exists()), reason="needs chromium and chromedriver"
)

NOTHING_RUNS = "Emulation.setScriptExecutionDisabled"


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--proxy-server=direct://",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    driver.set_window_size(1100, 900)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a meeting: with its sound in it, beside it, and in Korean."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("team_weekly", "korean_board"):
        options = DocumentOptions(sound_file=recording_of(name), bitrate=16)
        write(sample(name), folder / f"{name}.html", options=options)
    write(
        sample("team_weekly"),
        folder / "beside.html",
        options=DocumentOptions(sound="beside", sound_file=recording_of("team_weekly")),
    )
    write(meetings.hostile(), folder / "hostile.html")
    return folder


class Page:
    """A page in the browser."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, file: Path, fragment: str = "") -> Page:
        self.driver.get("about:blank")
        self.driver.get_log("browser"), self.driver.get_log("performance")
        self.driver.get(file.as_uri() + fragment)
        return self

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def script(self, code: str, *arguments: object) -> Any:
        return self.driver.execute_script(code, *arguments)

    def audio(self, what: str) -> Any:
        return self.script(f"return document.querySelector('audio').{what}")

    def click(self, element: Any) -> None:
        """In the middle of the window, where no bar lies over it."""
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def wait(self, condition: Callable[[], object]) -> Any:
        return WebDriverWait(self.driver, 10, poll_frequency=0.02).until(lambda _: condition())

    def pause_at(self, seconds: float) -> None:
        self.script("const a = document.querySelector('audio'); a.pause(); a.currentTime = arguments[0]", seconds)
        self.wait(lambda: not self.audio("seeking") and abs(self.audio("currentTime") - seconds) < 0.01)

    @property
    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    @property
    def requests(self) -> set[str]:
        """Where anything was asked for, data: and blob: apart."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        urls = [e["params"]["request"]["url"] for e in entries if e["method"] == "Network.requestWillBeSent"]
        return {url.partition("#")[0] for url in urls if not url.startswith(("data:", "blob:", "about:"))}


@pytest.fixture
def page(driver: Any, folder: Path) -> Iterator[Page]:
    """The meeting's page; when the test is over, nothing was complained about and nothing asked for outside."""
    page = Page(driver).open(folder / "team_weekly.html")
    yield page
    assert page.complaints == []
    assert all(url.startswith("file:") for url in page.requests)


def start_of(word: Any) -> float:
    return int(word.get_attribute("data-start"), 36) / 100


def test_nothing_is_asked_of_any_network(page: Page, folder: Path) -> None:
    page.wait(lambda: page.audio("readyState") >= 1)

    assert page.requests == {(folder / "team_weekly.html").as_uri()}


def test_a_word_that_is_clicked_is_heard_and_the_sound_is_followed(page: Page) -> None:
    word = page.all(".turn")[4].find_elements(By.CSS_SELECTOR, "[data-start]")[5]

    page.click(word)

    page.wait(lambda: page.audio("currentTime") > start_of(word) + 0.1)
    assert page.audio("currentTime") < start_of(word) + 5
    assert not page.audio("paused")
    page.wait(lambda: page.all(".now") and "now" not in word.get_attribute("class"))  # it went on to the next word
    page.pause_at(start_of(word) + 0.02)
    page.wait(lambda: "now" in word.get_attribute("class"))


def test_the_clock_of_a_turn_plays_it_and_is_its_address(page: Page) -> None:
    turn = page.all(".turn")[3]

    page.click(turn.find_element(By.CSS_SELECTOR, "a.clock"))

    page.wait(lambda: page.audio("currentTime") >= int(turn.get_attribute("data-from"), 36) / 100)
    assert page.driver.current_url.endswith("#" + turn.get_attribute("id"))


def test_the_page_follows_until_the_reader_scrolls(page: Page) -> None:
    last = page.all(".turn")[-1]
    in_sight = "const r = arguments[0].getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight"
    page.pause_at(int(last.get_attribute("data-from"), 36) / 100 + 0.1)
    page.wait(lambda: page.script(in_sight, page.one(".now")))

    page.one("#play").click()
    page.wait(lambda: not page.audio("paused"))
    page.one("body").send_keys(Keys.PAGE_UP)

    page.wait(lambda: page.one("#follow").get_attribute("aria-pressed") == "false")
    page.one("#follow").click()
    assert page.one("#follow").get_attribute("aria-pressed") == "true"
    page.pause_at(1.5)
    page.wait(lambda: page.script(in_sight, page.one(".now")))


def test_search_counts_its_hits_across_words_and_goes_round(page: Page) -> None:
    said = " ".join(page.script("return [...document.querySelectorAll('.said')].map((e) => e.textContent)")).lower()
    page.press("/")
    page.press("release DATE")

    page.wait(lambda: page.one("#hits").text == f"1 of {said.count('release date')}")
    assert said.count("release date") >= 2
    assert [each.text.strip(",.") for each in page.all(".hit-now")] == ["release", "date"]
    page.press(Keys.ENTER)
    assert page.one("#hits").text.startswith("2 of ")
    page.press(Keys.SHIFT, Keys.ENTER)
    page.press(Keys.NULL, Keys.ESCAPE)
    assert (page.all(".hit"), page.one("#hits").text) == ([], "")
    page.one("#search").send_keys("xyzzy")
    page.wait(lambda: page.one("#hits").text == "Not found")


def test_speakers_are_filtered_and_the_page_says_so(page: Page) -> None:
    page.click(page.one("#speakers summary"))
    boxes = page.all("#speakers input")
    page.click(boxes[0])

    shown = {turn.get_attribute("data-speaker") for turn in page.all(".turn") if turn.is_displayed()}
    assert shown == {box.get_attribute("value") for box in boxes[1:]}
    assert page.one("#only").text.startswith("Only what these said is shown: Speaker 2, ")
    page.click(page.one("#everybody"))
    assert all(turn.is_displayed() for turn in page.all(".turn"))
    assert not page.one("#only").is_displayed()


@pytest.mark.parametrize(("clock", "seconds"), [("1:05", 65.0), ("00:01:05", 65.0), ("65.5", 65.5), ("0%3A30", 30.0)])
def test_an_address_names_a_time(page: Page, folder: Path, clock: str, seconds: float) -> None:
    page.open(folder / "team_weekly.html", f"#t={clock}")

    page.wait(lambda: page.audio("currentTime") == pytest.approx(seconds, abs=0.01))
    start, end = (int(page.one(".turn.at").get_attribute(f"data-{side}"), 36) / 100 for side in ("from", "to"))
    assert start <= seconds <= end


def test_keys_do_all_that_buttons_do(page: Page) -> None:
    page.pause_at(30.0)
    page.press("j")
    page.wait(lambda: page.audio("currentTime") == pytest.approx(27.0, abs=0.01))
    page.press("l", "l")
    page.wait(lambda: page.audio("currentTime") == pytest.approx(33.0, abs=0.01))
    page.press(">")
    assert page.audio("playbackRate") == 1.25
    page.press("n")
    starts = [int(turn.get_attribute("data-from"), 36) / 100 for turn in page.all(".turn")]
    following = min(start for start in starts if start > 33)
    page.wait(lambda: page.audio("currentTime") == pytest.approx(following, abs=0.01))
    page.press("w")
    page.wait(lambda: following < page.audio("currentTime") < following + 2)
    page.press("b")
    page.wait(lambda: page.audio("currentTime") == pytest.approx(following, abs=0.01))
    page.press(" ")
    page.wait(lambda: not page.audio("paused"))
    page.press("k")
    page.wait(lambda: page.audio("paused"))
    page.press("f")
    assert page.one("#follow").get_attribute("aria-pressed") == "false"

    page.one(".keys summary").click()
    page.one("#use-keys").click()
    page.script("document.activeElement.blur()")
    before = page.audio("currentTime")
    page.press("j")
    assert page.audio("currentTime") == before


def test_the_link_to_now_is_told(page: Page) -> None:
    page.pause_at(62.0)

    page.press("c")

    page.wait(lambda: page.one("#told").text)
    assert page.driver.current_url.endswith("#t=1:02")


def test_sound_beside_the_page_is_played(page: Page, folder: Path) -> None:
    page.open(folder / "beside.html")
    word = page.all(".turn")[2].find_elements(By.CSS_SELECTOR, "[data-start]")[1]

    page.click(word)

    page.wait(lambda: page.audio("currentTime") > start_of(word) + 0.1)
    assert page.audio("currentSrc") == (folder / "recording.sound.mp4").as_uri()


def test_markup_in_names_and_words_is_text(page: Page, folder: Path) -> None:
    page.open(folder / "hostile.html")

    assert "<b>Tom</b> & \"Co\" | 'x'" in page.one("h1").text
    assert page.script("return document.title").startswith("<b>Tom</b>")
    assert page.all(".said b") == page.all("h1 b") == []
    page.one("#search").send_keys("<b>tom</b>")
    page.wait(lambda: page.one("#hits").text.startswith("1 of "))


def test_without_scripts_all_is_there_to_read_and_to_hear(page: Page, folder: Path) -> None:
    page.driver.execute_cdp_cmd(NOTHING_RUNS, {"value": True})
    try:
        page.open(folder / "team_weekly.html")
        text = page.one("body").text
        shown = {each: page.one(each).is_displayed() for each in ("audio", ".controls", ".tools", ".keys")}
    finally:
        page.driver.execute_cdp_cmd(NOTHING_RUNS, {"value": False})

    assert shown == {"audio": True, ".controls": False, ".tools": False, ".keys": False}
    for utterance in sample("team_weekly").utterances:
        assert utterance.text in " ".join(text.split())


def test_it_prints_without_controls_and_with_every_turn(page: Page, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    import subprocess

    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(printed))

    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    flat = re.sub(r"\s+", "", re.sub(r"\d+ / \d+\n*\f", "", text))
    for utterance in sample("team_weekly").utterances:
        assert re.sub(r"\s+", "", utterance.text) in flat
    assert "Backs" not in flat
    assert "Copylink" not in flat
    assert "1/" in re.sub(r"\s+", "", text)


def test_korean_is_found_as_it_is_typed(page: Page, folder: Path) -> None:
    page.open(folder / "korean_board.html")

    page.one("#search").send_keys("매출은")

    page.wait(lambda: re.fullmatch(r"\d+개 중 1번째", page.one("#hits").text))
    assert "매출은" in page.one(".hit-now").text
    assert page.one("html").get_attribute("lang") == "ko"
    assert page.one("#play").text == "재생"


def test_three_hours_open_at_once_and_any_place_is_near(page: Page, tmp_path: Path) -> None:
    text = "and so it went on and on until nobody was there to hear it any more but the old clock"
    said = [meetings.say(i * 6.0, i * 6.0 + 5.5, f"s{i % 4 + 1}", f"{text} {i}.") for i in range(1800)]
    long = replace(meetings.team(), utterances=tuple(said))
    write(long, tmp_path / "long.html", options=DocumentOptions(sound="none"))

    page.open(tmp_path / "long.html", "#t=2:30:00")

    assert page.script("return performance.getEntriesByType('navigation')[0].domInteractive") < 5000
    assert page.one(".turn.at .clock").text == "02:30:00"
    in_sight = "const r = arguments[0].getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight"
    page.wait(lambda: page.script(in_sight, page.one(".turn.at .clock")))
    page.one("#search").send_keys("clock 1799")
    page.wait(lambda: page.one("#hits").text == "1 of 1")
    page.wait(lambda: page.script(in_sight, page.one(".hit-now")))


def test_a_low_window_is_for_reading(page: Page) -> None:
    size = {"width": 640, "height": 360, "deviceScaleFactor": 2, "mobile": False}  # as at 200 % zoom
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.wait(lambda: page.script("return innerHeight") == 360)
        player = page.script("return document.querySelector('.player').offsetHeight")
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert player < 360 * 0.2
    assert page.one("#follow").is_displayed()


def test_every_control_can_be_reached_and_has_a_name(page: Page) -> None:
    nameless = page.script(
        """const named = (e) => e.textContent.trim() || e.ariaLabel || e.labels?.length || e.closest("[aria-label]");
        const controls = [...document.querySelectorAll("button, select, input, audio, summary")];
        return controls.filter((e) => !named(e)).map((e) => e.outerHTML)"""
    )
    landmarks = {each.tag_name for each in page.all("header, main, footer, section[aria-label]")}

    assert nameless == []
    assert landmarks == {"header", "main", "footer", "section"}
    page.press(Keys.TAB)
    assert page.driver.switch_to.active_element.text == "Skip to what was said"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    page.press(Keys.TAB)
    assert page.script(outline) == "solid"
