"""The review page in a real browser, with a real server and real sound: what a secretary does in her half hour."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from docx import Document
from meetings import hostile
from reviewing import Server, browser, long_minutes, serving, team_minutes, why_no_browser

from bigvoice.documents import write
from bigvoice.minutes.corrections import Delete, Place, Rename, Write
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.store import dump, read
from bigvoice.voices.book import VoiceBook

if not why_no_browser():
    from selenium.common.exceptions import NoAlertPresentException

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser() or "there is one")

PATIENCE = 20.0
ENTER, ESCAPE, DOWN, RIGHT, LEFT, SHIFT, CONTROL, DELETE, TAB = (
    "\ue007", "\ue00c", "\ue015", "\ue014", "\ue012", "\ue008", "\ue009", "\ue017", "\ue004",
)  # fmt: skip


class Page:
    """A review page as a person has it before her."""

    def __init__(self, driver: Any, server: Server) -> None:
        self.driver, self.server = driver, server

    def open(self) -> None:
        self.driver.get(self.server.address)
        self.to_front()
        self.until("return document.querySelectorAll('.turn .w').length > 0")

    def to_front(self) -> None:
        """The tab she looks at: only there does an element get the focus."""
        self.driver.execute_cdp_cmd("Page.bringToFront", {})
        self.until("return document.hasFocus()")

    def js(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def until(self, script: str, *values: Any, why: str = "") -> Any:
        """Wait until a script gives something true, and give it."""
        end = time.monotonic() + PATIENCE
        while not (found := self.js(script, *values)):
            assert time.monotonic() < end, why or script
            time.sleep(0.02)
        return found

    def press(self, *keys: str) -> None:
        """Keys, where the focus is. A key that stays down holds for the one after it."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver)
        held = []
        for key in keys:
            if key in (SHIFT, CONTROL):
                chain.key_down(key)
                held.append(key)
                continue
            chain.send_keys(key)
            while held:
                chain.key_up(held.pop())
        chain.perform()

    def click(self, selector: str, *, twice: bool = False) -> None:
        from selenium.webdriver import ActionChains

        element = self.driver.find_element("css selector", selector)
        chain = ActionChains(self.driver).move_to_element(element)
        (chain.double_click() if twice else chain.click()).perform()

    def word(self, turn: int, word: int) -> str:
        return f".turn:nth-child({turn + 1}) .w:nth-child({word + 1})"

    def saved(self) -> None:
        """All is on the disk, and was asked for in between."""
        self.until("return document.getElementById('saved').dataset.state === 'saved'", why="not saved")

    def minutes(self) -> Minutes:
        """What the file says, once all is saved."""
        self.saved()
        return read(self.server.path)

    @property
    def turns(self) -> list[tuple[str, str, str]]:
        """Clock, speaker and text of each turn, as they are seen."""
        found = self.js(
            "return [...document.querySelectorAll('.turn')].map(li => "
            "['.clock', '.name', '.words'].map(part => li.querySelector(part).textContent))"
        )
        return [tuple(each) for each in found]

    def speakers_of(self, numbers: list[int]) -> list[str]:
        return [self.turns[n][1] for n in numbers]

    @property
    def focus(self) -> str:
        """What has the focus: the text of a turn, or an id or a label."""
        return self.js(
            "const e = document.activeElement; return e.matches('.turn') ? e.querySelector('.words').textContent"
            " : e.id || e.getAttribute('aria-label') || e.textContent"
        )

    def choose(self, turn: int) -> None:
        """The focus to a turn, as the keyboard brings it there."""
        self.js("document.querySelectorAll('.turn')[arguments[0]].focus()", turn)
        self.until("return document.activeElement.matches('.turn.current')")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser("--lang=en-US") as found:
        yield found


@pytest.fixture
def quiet(driver: Any) -> Iterator[list[str]]:
    """Afterwards: nothing was complained of but what a test expects (a part of it, appended); nothing asked abroad."""
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    expected: list[str] = []
    yield expected
    complaints = [e["message"] for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    assert [each for each in complaints if not any(part in each for part in expected)] == []
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []


@pytest.fixture
def page(driver: Any, quiet: list[str], tmp_path: Path) -> Iterator[Page]:
    """The sample meeting, with a document beside it and a voice book of its own."""
    path = team_minutes(tmp_path)
    (tmp_path / "bigvoice.toml").write_text(f"book = {json.dumps(str(tmp_path / 'book.sqlite'))}\n")
    write(read(path), path.with_suffix(".docx"))
    with visiting(driver, path) as found:
        yield found


@contextmanager
def visiting(driver: Any, path: Path) -> Iterator[Page]:
    """The review of a minutes file, open in a tab of its own, which is closed before the server ends."""
    with serving(path) as server:
        driver.switch_to.new_window("tab")
        found = Page(driver, server)
        try:
            found.open()
            yield found
        finally:
            for handle in driver.window_handles[1:]:
                driver.switch_to.window(handle)
                driver.close()
            driver.switch_to.window(driver.window_handles[0])


def test_a_name_given_once_reaches_every_turn_and_the_document(page: Page) -> None:
    mine = [n for n, turn in enumerate(page.turns) if turn[1] == "Speaker 2"]

    page.click("[data-name=s2] input.name")
    page.press("Paul", ENTER)
    page.until("return document.querySelector('.turn:nth-child(2) .name').textContent === 'Paul'")

    assert len(mine) == 6
    assert set(page.speakers_of(mine)) == {"Paul"}
    assert "Speaker 2" not in {speaker for _, speaker, _ in page.turns}
    assert [s.name for s in page.minutes().speakers if s.number == 2] == ["Paul"]
    page.click("#tab-documents")
    page.click("[data-part=write]")
    page.until("return document.getElementById('toasts').textContent.includes('meeting.docx')")
    text = _text_of(page.server.path.with_suffix(".docx"))
    assert "Paul" in text
    assert "Speaker 2" not in text


def _text_of(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_suggested_name_is_refused_or_confirmed(page: Page) -> None:
    assert "Duncan?" in {speaker for _, speaker, _ in page.turns}

    page.click("[data-name=s3] button[data-part=yes]")
    page.until("return [...document.querySelectorAll('.name')].some(e => e.textContent === 'Duncan')")

    assert "Duncan?" not in {speaker for _, speaker, _ in page.turns}
    assert page.js("return document.activeElement !== document.body"), "the focus is lost"


def test_a_change_from_elsewhere_does_not_take_a_button_from_under_the_mouse(page: Page) -> None:
    from selenium.webdriver import ActionChains

    button = page.driver.find_element("css selector", "[data-name=s3] button[data-part=yes]")
    ActionChains(page.driver).move_to_element(button).click_and_hold().perform()
    MinutesFile(page.server.path).correct([Rename("s4", "Ada")], by="correct")
    page.until("return [...document.querySelectorAll('.turn .name')].some(e => e.textContent === 'Ada')")
    ActionChains(page.driver).release().perform()

    page.until("return [...document.querySelectorAll('.turn .name')].some(e => e.textContent === 'Duncan')")
    page.until("return document.querySelector('[data-name=s4] input.name').value === 'Ada'", why="it shows old names")


def test_a_name_that_somebody_has_merges_the_two_voices_if_she_says_so(page: Page) -> None:
    before = sum(speaker in ("Laura", "Speaker 4") for _, speaker, _ in page.turns)

    page.click("[data-name=s4] input.name")
    page.press("Laura", ENTER)
    page.until("return document.querySelector('dialog[open]')")
    page.click("dialog .main")
    page.until("return ![...document.querySelectorAll('.name')].some(e => e.textContent === 'Speaker 4')")

    assert sum(speaker == "Laura" for _, speaker, _ in page.turns) == before
    assert [s.id for s in page.minutes().speakers] == ["s1", "s2", "s3"]


def test_words_are_given_to_another_speaker_in_one_step(page: Page) -> None:
    page.choose(6)  # "Is that a problem of our code, or is it the network?"
    page.press(RIGHT, RIGHT, SHIFT, RIGHT, SHIFT, RIGHT)  # "that a problem"
    page.press("2")
    page.until("return document.querySelectorAll('.turn').length === 42")

    assert [turn[1:] for turn in page.turns[6:9]] == [
        ("Speaker 4", "Is"),
        ("Speaker 2", "that a problem"),
        ("Speaker 4", "of our code, or is it the network?"),
    ]
    assert page.focus == "that a problem"
    page.press("u")
    page.until("return document.querySelectorAll('.turn').length === 40")
    assert page.turns[6][2] == "Is that a problem of our code, or is it the network?"


def test_a_turn_is_split_while_it_is_edited_and_joined_again(page: Page) -> None:
    whole = page.turns[1][2]
    page.choose(1)
    page.press(ENTER)
    page.js("document.querySelector('.field').setSelectionRange(14, 14)")  # "Good morning. |Thank you ..."
    page.press(CONTROL, ENTER)
    page.until("return document.querySelectorAll('.turn').length === 41")

    assert [turn[2] for turn in page.turns[1:3]] == ["Good morning.", whole.removeprefix("Good morning. ")]
    first, second = page.minutes().utterances[1:3]
    assert first.span.end == second.span.start
    assert page.focus == second.text
    page.press(SHIFT, "j")
    page.until("return document.querySelectorAll('.turn').length === 40")
    assert page.turns[1][2] == whole
    assert page.focus == whole


def test_turns_of_two_speakers_are_joined_as_the_firsts(page: Page) -> None:
    (_, laura, first), (_, other, second) = page.turns[0], page.turns[1]

    page.choose(0)
    page.press("j")
    page.until("return document.querySelectorAll('.turn').length === 39")

    assert (laura, other) == ("Laura", "Speaker 2")
    assert page.turns[0][1:] == ("Laura", f"{first} {second}")


def test_korean_is_composed_and_saved(page: Page) -> None:
    compose = lambda text: page.driver.execute_cdp_cmd(  # noqa: E731
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )
    page.choose(2)
    page.press(ENTER)
    page.press(CONTROL, "a")
    for text in ("ㅇ", "아", "안"):
        compose(text)
    # What an input method does with the Enter that ends a syllable: it comes while text is still composed.
    page.js(
        "document.querySelector('.field').dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', code: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert page.js("return document.querySelector('.field') !== null"), "Enter within a syllable saved the text"
    page.driver.execute_cdp_cmd("Input.insertText", {"text": "안녕하세요, 폴."})
    page.press(ENTER)
    page.until("return document.querySelector('.turn:nth-child(3) .words').textContent === '안녕하세요, 폴.'")

    assert page.minutes().utterances[2].text == "안녕하세요, 폴."


def test_keys_work_while_the_korean_layout_is_on(page: Page) -> None:
    page.choose(3)
    page.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": "ㅊ", "code": "KeyC"})
    page.until("return document.querySelectorAll('.turn')[3].classList.contains('checked')")

    assert page.minutes().utterances[3].checked
    assert page.focus == page.turns[4][2]


def test_undo_and_redo_by_key_and_the_focus_stays(page: Page) -> None:
    texts = [turn[2] for turn in page.turns]
    page.choose(5)
    page.press(DELETE)
    page.until("return document.querySelectorAll('.turn').length === 39")
    assert page.focus == texts[6] or page.focus == texts[4]

    page.press(CONTROL, "z")
    page.until("return document.querySelectorAll('.turn').length === 40")
    assert [turn[2] for turn in page.turns] == texts
    assert page.focus in texts
    assert "Undone" in page.js("return document.getElementById('toasts').textContent")

    page.press(CONTROL, "y")
    page.until("return document.querySelectorAll('.turn').length === 39")
    page.press("u")
    page.until("return document.querySelectorAll('.turn').length === 40")
    assert page.js("return document.getElementById('redo').getAttribute('aria-disabled')") == "false"
    assert len(page.minutes().utterances) == 40


def test_the_server_dies_and_nothing_is_lost(page: Page, quiet: list[str]) -> None:
    quiet += ["net::ERR_", "Failed to load resource"]
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("Welcome to us, Paul.", ENTER)
    page.saved()
    page.server.kill()

    page.choose(3)
    page.press(ENTER, CONTROL, "a")
    page.press("Written while the server was gone.", ENTER)
    page.until("return document.querySelector('.banner.gone')", why="she is not told")
    page.choose(4)
    page.press(ENTER, CONTROL, "a")
    page.press("Half a sent")
    page.server.start()
    page.driver.refresh()  # the text typed is in no file yet
    with suppress(NoAlertPresentException):  # the browser asks only while something waits
        page.driver.switch_to.alert.accept()
    page.until("return document.querySelector('.field')?.value === 'Half a sent'", why="the text typed is lost")
    page.press("ence.", ENTER)
    page.until("return document.querySelectorAll('.turn')[4].textContent.includes('Half a sentence.')")

    texts = [utterance.text for utterance in page.minutes().utterances[2:5]]
    assert texts == ["Welcome to us, Paul.", "Written while the server was gone.", "Half a sentence."]


def test_the_program_comes_back_and_the_page_goes_on(page: Page, quiet: list[str]) -> None:
    quiet += ["net::ERR_", "Failed to load resource"]
    address = page.server.address
    page.js("window.stayed = true")
    page.server.kill()
    page.until("return document.querySelector('.banner.gone')", why="she is not told before she types")
    page.choose(3)
    page.press("2")
    page.until("return document.querySelector('.banner.gone').textContent.includes('Waiting to be saved: 1.')")
    page.choose(4)
    page.press(ENTER, CONTROL, "a")
    page.press("Typed while it was aw")

    MinutesFile(page.server.path).correct([Rename("s4", "Ada")], by="correct")
    page.server.start()
    page.until("return document.getElementById('toasts').textContent.includes('The program is back')")
    page.press("ay.", ENTER)
    page.until("return document.querySelectorAll('.turn')[4].textContent.includes('Typed while it was away.')")

    minutes = page.minutes()
    assert page.server.address == address
    assert page.js("return window.stayed"), "it was loaded anew"
    assert minutes.utterances[3].speaker == "s2"
    assert minutes.utterances[4].text == "Typed while it was away."
    assert not page.js("return document.querySelector('.banner.gone')")
    page.until("return [...document.querySelectorAll('.turn .name')].some(e => e.textContent === 'Ada')")
    page.click(page.word(6, 1))
    page.until("return document.getElementById('audio').currentTime > 15", why="the sound did not come back")
    MinutesFile(page.server.path).correct([Rename("s4", "Bo")], by="correct")
    page.until("return [...document.querySelectorAll('.turn .name')].some(e => e.textContent === 'Bo')", why="no news")


def test_nobody_who_takes_the_port_learns_the_token_or_what_is_typed(page: Page, quiet: list[str]) -> None:
    quiet += ["net::ERR_", "Failed to load resource"]
    page.server.kill()
    page.until("return document.querySelector('.banner.gone')")
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers} {self.rfile.read(int(self.headers.get('content-length', 0)))!r}")
            self.send_response(200)
            self.send_header("content-length", "4")
            self.end_headers()
            self.wfile.write(b"beef")

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", int(page.server.address.split(":")[2].split("/")[0])), Listener) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        page.choose(3)
        page.press(ENTER, CONTROL, "a")
        page.press("Between us.", ENTER)
        page.until("return document.querySelector('.banner.gone').textContent.includes('Waiting to be saved: 1.')")
        end = time.monotonic() + PATIENCE
        while len(heard) < 4:
            assert time.monotonic() < end, "it does not look who is there"
            time.sleep(0.05)
        other.shutdown()

    token = page.server.address.split("/")[3]
    assert not [each for each in heard if token in each or "Between us" in each or not each.startswith("/proof/")]
    page.server.start()
    page.until("return !document.querySelector('.banner.gone')")
    assert page.minutes().utterances[3].text == "Between us."


def test_a_key_held_down_and_a_double_click_take_one_turn_only(page: Page) -> None:
    page.choose(3)
    for repeat in (False, True, True):
        page.js(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'Delete', code: 'Delete', bubbles: true, cancelable: true, repeat: arguments[0]}))",
            repeat,
        )
        page.saved()
    page.click("#actions [data-do=join]", twice=True)
    page.saved()
    page.js("for (const _ of [1, 2]) document.querySelector('#actions [data-do=delete]').click()")
    page.saved()

    assert len(page.minutes().utterances) == 40 - 3
    assert not page.js("return document.querySelector('.toast.wrong')"), "what she asked for twice was refused"
    page.choose(0)
    for _ in range(4):
        page.js(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'ArrowDown', code: 'ArrowDown', bubbles: true, cancelable: true, repeat: true}))"
        )
    assert page.js("return [...document.querySelectorAll('.turn')].indexOf(document.activeElement)") == 4


def test_going_back_in_the_browser_loses_nothing(page: Page) -> None:
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("Half a sent")
    page.driver.get("about:blank")
    page.driver.back()
    page.until("return document.querySelector('.field')?.value === 'Half a sent'")
    page.press("ence.", ENTER)
    page.until("return document.querySelectorAll('.turn .words')[2].textContent === 'Half a sentence.'")

    assert page.minutes().utterances[2].text == "Half a sentence."


def test_without_a_recording_play_says_why_there_is_no_sound(driver: Any, quiet: list[str], tmp_path: Path) -> None:
    with visiting(driver, long_minutes(tmp_path, hours=0.1)) as page:
        page.choose(0)
        page.press(" ")
        page.until("return document.querySelector('.toast.wrong')?.textContent.includes('long.m4a')")

        assert page.js("return document.getElementById('audio').paused"), "it seems to play"


def test_a_dialog_is_closed_by_a_click_beside_it_and_by_none_that_meant_something_else(page: Page) -> None:
    from selenium.webdriver import ActionChains

    there = "return Boolean(document.querySelector('dialog'))"
    beside = lambda: ActionChains(page.driver).move_by_offset(-600, 0).click().perform()  # noqa: E731
    find = lambda selector: page.driver.find_element("css selector", selector)  # noqa: E731
    page.click(".turn:nth-child(3) .who", twice=True)
    time.sleep(0.3)  # in which the second click would close it
    assert page.js(there), "the second click of a double click closed it"
    ActionChains(page.driver).move_to_element(find("dialog h2")).perform()
    beside()
    page.until("return !document.querySelector('dialog')")

    page.choose(2)
    page.press("d")
    dialog = find("dialog")
    edge = ActionChains(page.driver).move_to_element_with_offset(dialog, 6 - dialog.rect["width"] / 2, 0)
    edge.click().perform()
    assert page.js(there), "a click on its margin closed it"
    page.click("dialog textarea")
    page.press("We go on.")
    ActionChains(page.driver).move_to_element(find("dialog textarea")).click_and_hold().move_by_offset(
        -500, 0
    ).release().perform()
    assert page.js(there), "letters selected beyond its edge closed it"
    ActionChains(page.driver).move_to_element(find("dialog h2")).perform()
    beside()
    assert page.js(there), "what was typed is lost"
    page.click("dialog .main")
    page.until("return !document.querySelector('dialog')")

    assert [note.text for note in page.minutes().notes] == ["We go on."]


def test_nothing_is_cut_off_at_any_width(page: Page) -> None:
    over = """return ["actions", "top", "finder", "tabs", "player", "scroller", "sheet"].filter((id) => {
      const place = document.getElementById(id);
      return place.scrollWidth > place.clientWidth;
    });"""
    wide = {}
    for width in (360, 640, 800, 960, 1100, 1366, 1400, 1920):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        page.until("return innerWidth === arguments[0]", width)
        wide[width] = page.js(over)
    low = {"width": 640, "height": 360, "deviceScaleFactor": 2, "mobile": False}  # as at 200 % zoom
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", low)
    page.until("return innerHeight === 360")
    left = page.js("return document.getElementById('scroller').clientHeight")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert {width: cut for width, cut in wide.items() if cut} == {}
    assert left > 360 * 0.4, "there is no room to read"


def test_a_turn_that_is_higher_than_the_window_is_shown_from_its_beginning(
    driver: Any, quiet: list[str], tmp_path: Path
) -> None:
    path = long_minutes(tmp_path, hours=0.2)
    minutes = read(path)
    words = tuple(replace(minutes.utterances[0].words[0], text=f" word{n}") for n in range(5000))
    long = replace(minutes.utterances[30], words=words)
    path.write_text(
        dump(replace(minutes, utterances=(*minutes.utterances[:30], long, *minutes.utterances[31:]))), "utf-8"
    )
    first = "return document.querySelectorAll('.turn')[30].getBoundingClientRect().top"
    with visiting(driver, path) as page:
        page.choose(29)
        page.press(DOWN)
        frame = page.js("return document.getElementById('scroller').getBoundingClientRect().top")

        page.until(f"return Math.abs(({first.removeprefix('return ')}) - arguments[0]) < 60", frame)
        page.press("/")
        page.press("word4321", ENTER)
        page.until(
            "const frame = document.getElementById('scroller').getBoundingClientRect();"
            "const [range] = CSS.highlights.get('found-here') ?? [];"
            "const place = range?.getBoundingClientRect();"
            "return place && place.top > frame.top && place.bottom < frame.bottom",
            why="what is found in it is not shown",
        )
        page.press(ESCAPE, RIGHT, RIGHT, "s")
        page.until("return document.querySelectorAll('.turn .words')[30].textContent === 'word0'")


def test_a_machine_that_sleeps_does_nothing_twice(page: Page, quiet: list[str]) -> None:
    quiet += ["net::ERR_", "Failed to load resource"]
    page.choose(0)
    page.press("2")
    page.saved()
    page.choose(1)
    page.press("3")
    page.saved()
    page.js("const wait = AbortSignal.timeout; AbortSignal.timeout = ms => wait.call(AbortSignal, ms / 20)")
    page.server.send(signal.SIGSTOP)
    page.press("u")
    page.until("return document.querySelector('.banner.gone')", why="she is not told")
    page.server.send(signal.SIGCONT)
    page.saved()

    assert [utterance.speaker for utterance in page.minutes().utterances[:2]] == ["s2", "s2"]


def test_two_tabs_take_each_others_changes_over(page: Page) -> None:
    first = page.driver.current_window_handle
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("I am in the middle of")  # a text being typed, in the first tab
    page.driver.switch_to.new_window("tab")
    page.open()
    page.choose(0)
    page.press("2")
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("Written in the second tab.", ENTER)
    page.saved()

    page.driver.switch_to.window(first)
    page.to_front()
    page.until("return document.querySelector('.turn .name').textContent === 'Speaker 2'", why="not taken over")
    assert page.js("return document.querySelector('.field').value") == "I am in the middle of"
    page.until("return document.querySelector('.note').textContent.includes('Written in the second tab.')")
    page.press(" it.", ENTER)
    page.until("return document.querySelectorAll('.turn')[2].textContent.includes('I am in the middle of it.')")

    assert page.minutes().utterances[2].text == "I am in the middle of it."
    assert page.minutes().utterances[0].speaker == "s2"


def test_a_turn_that_another_tab_took_away_keeps_the_text_typed_for_it(page: Page) -> None:
    first = page.driver.current_window_handle
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("My own words.")
    page.driver.switch_to.new_window("tab")
    page.open()
    page.choose(2)
    page.press(DELETE)
    page.saved()

    page.driver.switch_to.window(first)
    page.to_front()
    page.until("return document.querySelector('.note:not([hidden])')", why="she is not told")
    page.press(ENTER)
    page.until("return document.querySelector('.kept blockquote')?.textContent === 'My own words.'")

    page.driver.refresh()
    page.until("return document.querySelector('.kept blockquote')?.textContent === 'My own words.'")


def test_a_text_being_typed_stays_where_another_program_changed_all_around_it(page: Page) -> None:
    page.choose(2)
    page.press(ENTER, CONTROL, "a")
    page.press("My own words.")
    places = [Place.of(utterance) for utterance in read(page.server.path).utterances]
    others = [Write(place, "Something else.") for place in places if place != places[2]]
    MinutesFile(page.server.path).correct([Delete(places[2]), *others], by="correct")
    page.until("return document.querySelectorAll('.turn .words')[0].textContent === 'Something else.'")

    assert page.js("return document.querySelector('.field')?.value") == "My own words."
    page.press(" And more.", ENTER)
    page.until("return document.querySelector('.kept blockquote')?.textContent === 'My own words. And more.'")


def test_a_whole_session_without_the_mouse(page: Page) -> None:
    page.press(TAB, ENTER)  # the link to the transcript
    page.press("\ue010")  # End
    page.press("\ue011", DOWN)  # Home, then the second turn
    page.until("return document.activeElement.matches('.turn:nth-child(2)')")
    page.press("r")  # name the speaker
    page.press("Paul", ENTER)
    page.until("return document.querySelector('.turn:nth-child(2) .name').textContent === 'Paul'")
    page.until(
        "return document.activeElement.matches('.turn:nth-child(2)')", why="the focus is not where she came from"
    )
    page.press("\ue036\ue036")  # F6, F6: through the panel to the top
    page.until("return document.getElementById('top').contains(document.activeElement)")
    page.js("document.querySelectorAll('.turn')[1].focus()")
    page.press("c")  # checked, and on
    page.press("n")  # the first doubt
    page.press("a")  # an action
    page.until("return document.querySelector('dialog[open] textarea')")
    page.press("Call the newspaper", TAB, "Paul", TAB, "Wednesday", ENTER)
    page.until("return !document.querySelector('dialog')")
    page.press("/")
    page.press("tenth", ENTER)
    page.until("return document.getElementById('found').textContent.includes('2 of')")
    page.press(ESCAPE, "s", "?")
    page.until("return document.querySelector('dialog[open] kbd')")
    page.press(ESCAPE)

    minutes = page.minutes()
    assert minutes.speaker("s2").name == "Paul"
    assert minutes.utterances[1].checked
    assert [(note.kind, note.text, note.who, note.until) for note in minutes.notes] == [
        ("action", "Call the newspaper", "Paul", "Wednesday")
    ]
    assert page.js("return document.activeElement.matches('.turn')"), "the focus is lost"


def test_a_screen_reader_is_told_which_turn_has_the_focus_and_not_every_second_of_the_sound(page: Page) -> None:
    page.choose(5)
    nodes = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    told = [node["name"]["value"] for node in nodes if node["role"]["value"] == "listitem"]
    live = page.js(
        "return [...document.querySelectorAll('output, [aria-live], [role=status]')]"
        ".filter(e => e.textContent.includes('0:')).map(e => e.outerHTML)"
    )

    assert [name for name in told if name] == ["0:36 Laura Right. at the same time as Duncan?"]
    assert live == []


def test_a_word_that_is_clicked_is_heard(page: Page) -> None:
    start = page.minutes().utterances[4].words[3].span.start

    page.click(page.word(4, 3))
    page.until("return document.querySelector('.turn.spoken .w.now')")
    page.until("return document.getElementById('audio').currentTime > arguments[0] + 0.2", start, why="no sound")

    assert page.js("return document.getElementById('audio').currentTime") < start + 6
    assert page.js("return document.querySelector('[aria-current=true]') === document.querySelectorAll('.turn')[4]")
    page.press(" ")
    page.until("return document.getElementById('audio').paused")
    stopped = page.js("return document.getElementById('audio').currentTime")
    page.press(",")
    assert page.js("return document.getElementById('audio').currentTime") == pytest.approx(stopped - 3, abs=0.1)


def test_a_sample_is_heard_and_ends(page: Page) -> None:
    (start, end), *_ = page.js("return fetch('state').then(a => a.json()).then(s => s.speakers[1].samples)")
    page.js("document.getElementById('audio').playbackRate = 1")
    page.click("[data-name=s2] .sample")
    page.until("return !document.getElementById('audio').paused")
    assert start <= page.js("return document.getElementById('audio').currentTime") < end
    page.js("document.getElementById('audio').currentTime = arguments[0]", end - 0.3)
    page.until("return document.getElementById('audio').paused", why="it goes on")


def test_search_finds_what_is_not_on_the_screen_and_replaces_it(page: Page) -> None:
    count = sum("advertisements" in turn[2] for turn in page.turns)

    page.press(CONTROL, "f")
    page.press("ADVERTISEMENTS")
    page.until("return /^1 of/.test(document.getElementById('found').textContent)")
    page.click("#replacing")
    page.press("adverts")
    page.click("[data-do=replace_all]")
    page.until("return document.getElementById('found').textContent === 'not found'")

    assert count > 1
    texts = [utterance.text for utterance in page.minutes().utterances]
    assert sum("adverts" in text for text in texts) == count
    page.choose(0)
    page.press("u")
    page.until("return document.getElementById('found').textContent !== 'not found'")
    assert sum("advertisements" in u.text for u in page.minutes().utterances) == count


def test_a_missed_turn_is_inserted(page: Page) -> None:
    page.choose(1)
    page.press("i")
    page.until("return document.querySelector('dialog[open] textarea')")
    page.press("Thank you, Paul.", ENTER)
    page.until("return document.querySelectorAll('.turn').length === 41")

    inserted = page.minutes().utterances[2]
    assert (inserted.text, inserted.speaker, inserted.checked) == ("Thank you, Paul.", "s2", True)


def test_a_meeting_in_which_nobody_was_heard_can_be_written_by_hand(
    driver: Any, quiet: list[str], tmp_path: Path
) -> None:
    path = long_minutes(tmp_path, hours=0.1)
    path.write_text(dump(replace(read(path), utterances=(), speakers=())), "utf-8")
    with serving(path) as server:
        driver.switch_to.new_window("tab")
        page = Page(driver, server)
        driver.get(server.address)
        page.to_front()
        page.until("return !document.getElementById('nothing').hidden")
        page.press("i")
        page.until("return document.querySelector('dialog[open] textarea')")
        page.press("Good morning.", ENTER)
        page.until("return document.querySelectorAll('.turn').length === 1")
        page.choose(0)
        page.press("r")
        page.press("Paul", ENTER)
        page.until("return document.querySelector('.turn .name').textContent === 'Paul'")

        minutes = page.minutes()
        driver.close()
        driver.switch_to.window(driver.window_handles[0])
    assert [(minutes.speaker(u.speaker).name, u.text) for u in minutes.utterances] == [("Paul", "Good morning.")]


def test_the_page_speaks_korean(page: Page) -> None:
    page.js("const l = document.getElementById('language'); l.value = 'ko'; l.dispatchEvent(new Event('change'))")
    page.until("return document.querySelector('.turn:nth-child(2) .name').textContent === '참석자 2'")

    assert page.js("return document.documentElement.lang") == "ko"
    assert page.js("return document.getElementById('tab-todo').textContent").startswith("할 일")
    page.choose(1)
    page.press("2")
    page.js("localStorage.clear()")


def test_a_voice_is_remembered_if_she_says_so_and_taken_out_again(page: Page) -> None:
    page.click("[data-name=s1] summary")
    page.until("return document.querySelector('[data-name=s1] [data-part=remember]')")
    page.click("[data-name=s1] [data-part=remember]")  # Laura was recognised only: is that right, she is asked first
    page.until("return document.querySelector('dialog .main')?.textContent === 'Yes, it is Laura'")
    page.click("dialog .main")
    page.until("return document.querySelector('dialog input[type=date]')", why="she is not asked whether to keep it")
    assert page.js("return document.querySelectorAll('dialog .sample').length") > 0
    page.click("dialog .main")
    page.until("return document.querySelector('.toast button')", why="not remembered")
    kept = people(page.server.path.parent / "book.sqlite")
    page.click(".toast button")
    page.until("return document.querySelector('.toast')?.textContent.includes('taken out')")

    assert kept == ["Laura"]
    assert people(page.server.path.parent / "book.sqlite") == []


def people(book: Path) -> list[str]:
    """Whose voices a voice book has."""
    with VoiceBook.open(book) as opened:
        return [enrolled.name for enrolled in opened.list()]


def test_not_somebody_takes_the_name_away(page: Page) -> None:
    page.click("[data-name=s3] [data-part=no]")
    page.until("return document.querySelector('.turn:nth-child(3) .name').textContent === 'Speaker 3'")

    speaker = page.minutes().speaker("s3")
    assert (speaker.name, speaker.rejected) == (None, ("Duncan",))


def test_the_end_writes_the_documents_and_ends_the_server(page: Page, quiet: list[str]) -> None:
    quiet += ["net::ERR_", "Failed to load resource"]
    page.choose(0)
    page.press(ENTER, CONTROL, "a")
    page.press("The very last words.", ENTER)
    page.saved()
    page.click("#tab-documents")
    page.click("[data-part=end]")
    page.until("return document.querySelector('.banner.ended')")

    assert page.server.process is not None
    assert page.server.process.wait(PATIENCE) == 0
    assert "The very last words." in _text_of(page.server.path.with_suffix(".docx"))


def test_a_reload_keeps_the_place(page: Page) -> None:
    page.choose(30)
    page.press("p")
    page.until("return document.getElementById('audio').currentTime > 100")
    page.press(" ")
    page.until("return document.getElementById('audio').paused")
    time_before, text = page.js("return document.getElementById('audio').currentTime"), page.turns[30][2]

    page.driver.refresh()
    page.until("return document.querySelector('.turn .w')")
    page.until("return document.getElementById('audio').currentTime > 100")

    assert page.js("return document.getElementById('audio').currentTime") == pytest.approx(time_before, abs=0.5)
    assert page.js("return document.querySelector('.turn.current .words').textContent") == text
    box = page.js("return document.querySelector('.turn.current').getBoundingClientRect().top")
    assert 0 < box < page.js("return innerHeight")


def test_reloads_do_not_move_a_long_meeting(driver: Any, quiet: list[str], tmp_path: Path) -> None:
    uppermost = """
    const edge = document.getElementById("scroller").getBoundingClientRect().top + 24;
    return [...document.querySelectorAll(".turn")].findIndex((turn) => turn.getBoundingClientRect().bottom > edge + 3);
    """
    with visiting(driver, long_minutes(tmp_path, hours=1.0)) as page:
        page.js("const s = document.getElementById('scroller'); s.scrollTop = s.scrollHeight / 2")
        before = page.until(uppermost)
        for _ in range(3):
            page.driver.refresh()
            page.until("return document.querySelector('.turn .w')")
            page.until(f"return (() => {{ {uppermost} }})() === arguments[0]", before, why="it moved")

        assert 200 < before < 500


def test_markup_is_text(driver: Any, quiet: list[str], tmp_path: Path) -> None:
    path = tmp_path / "meeting.json"
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    path.write_text(dump(hostile()).replace("<b>Tom</b>", json.dumps(evil)[1:-1]), "utf-8")
    with visiting(driver, path) as page:
        page.choose(0)
        page.press("w")
        page.until("return document.querySelector('dialog[open]')")
        page.press(ESCAPE)
        for tab in ("todo", "notes", "history", "documents"):
            page.click(f"#tab-{tab}")
        driver.execute_script("document.querySelectorAll('.turn')[0].focus()")
        page.press(ENTER, CONTROL, "a")
        page.press(evil, ENTER)
        page.until("return document.querySelector('.turn .words').textContent === arguments[0]", evil)

        assert page.js("return document.querySelectorAll('img, #turns script').length") == 0
        assert evil in page.turns[0][1]
        assert page.minutes().utterances[0].text == evil


def test_three_hours_open_and_scroll_to_the_end(driver: Any, quiet: list[str], tmp_path: Path) -> None:
    with visiting(driver, long_minutes(tmp_path)) as page:
        n_turns = page.js("return document.querySelectorAll('.turn').length")
        n_blocks = page.js("return document.querySelectorAll('#turns > .block').length")
        page.js("const s = document.getElementById('scroller'); s.scrollTop = s.scrollHeight")
        page.until("const last = [...document.querySelectorAll('.turn')].at(-1);"
                   "return last.getBoundingClientRect().top < innerHeight && last.querySelector('.w')")  # fmt: skip
        page.choose(n_turns - 1)
        page.press("1")
        page.until("return [...document.querySelectorAll('.turn .badge')].at(-1).textContent === '1'")

        assert n_turns > 2000
        assert n_blocks < n_turns / 10, "each picture takes as long as there are"
        page.until("return document.querySelectorAll('.turn .w').length < 3000", why="words far away are elements")
        assert page.minutes().utterances[-1].speaker == "s1"


def test_what_is_found_is_coloured_wherever_she_goes(driver: Any, quiet: list[str], tmp_path: Path) -> None:
    coloured = """
    const frame = document.getElementById("scroller").getBoundingClientRect();
    const seen = (place) => place.top > frame.top && place.bottom < frame.bottom;
    const lit = [...(CSS.highlights.get("found") ?? [])].filter(range => seen(range.getBoundingClientRect()));
    const there = [...document.querySelectorAll(".w")]
      .filter(w => w.textContent.toLowerCase().startsWith("the") && seen(w.getBoundingClientRect()));
    return there.length > 0 && lit.length === there.length && lit.every(range => range.toString().length === 3);
    """
    with visiting(driver, long_minutes(tmp_path, hours=1.0)) as page:
        page.press("/")
        page.press("the")
        page.until(coloured)
        for share in (0.3, 0.9, 0.6):
            page.js("const s = document.getElementById('scroller'); s.scrollTop = arguments[0] * s.scrollHeight", share)
            page.until(coloured, why=f"not at {share}")


def test_blocks_keep_items_in_order(page: Page) -> None:
    found = page.driver.execute_async_script(_BLOCKS)

    assert found["items"] == found["expected"]
    assert len(found["expected"]) > 100
    assert min(found["sizes"]) > 0
    assert max(found["sizes"]) <= 24


_BLOCKS = """
const done = arguments[0];
import("./page/blocks.js").then(({ Blocks }) => {
  let seed = 7;
  const below = (n) => (seed = (seed * 16807) % 2147483647) % n;
  const list = document.createElement("div");
  const blocks = new Blocks(list, document.body, () => undefined);
  const item = (n) => Object.assign(document.createElement("p"), { textContent: n, view: { lines: 1 } });
  const items = Array.from({ length: 100 }, (_, n) => item(n));
  blocks.fill(items);
  for (let n = 100; n < 500; n++) {
    const at = below(items.length + 1);
    const moved = n % 3 ? item(n) : items.splice(below(items.length), 1)[0];
    const to = Math.min(at, items.length);
    blocks.put(moved, items[to] ?? null);
    items.splice(to, 0, moved);
    if (n % 5 < 2) blocks.remove(items.splice(below(items.length), 1)[0]);
  }
  const told = (elements) => [...elements].map((each) => each.textContent);
  const sizes = [...list.children].map((block) => block.children.length);
  done({ items: told(list.querySelectorAll("p")), expected: told(items), sizes });
});
"""


def test_what_the_modules_compute(page: Page) -> None:
    found = page.driver.execute_async_script(_MODULES)

    assert found["clock"] == ["0:00", "1:15", "1:01:15", "12:31"]
    assert found["seconds"] == [75, 3675.5, 75, None, None]
    assert found["offsets"] == [0, 3, 6, 9]
    assert found["wordAt"] == [0, 1, 2, 3]
    assert found["keys"] == ["assign", "back", "help", "undo", None, "play"]
    assert found["spoken"] == [-1, 0, 1, 0, 2]
    assert found["patched"] == [[0, 1, "a"], [1, 1.5, "b"], [1.5, 2, "b"]]
    assert found["difference"] == {"gone": [[1, 2, "b"]], "now": [{"turn": [1, 2, "c"]}]}
    assert found["replaced"] == "회의 Record and 회의"
    assert found["assigned"] == ["split", "split", "assign"]


_MODULES = """
const done = arguments[0];
Promise.all(["times", "texts", "keys", "timing", "patching", "corrections"].map(name => import(`./page/${name}.js`)))
  .then(([times, texts, keys, timing, patching, corrections]) => {
    const words = [[0, 1, " 회의", 1], [1, 2, "를", 1], [2, 3, " 시작", 1]];
    words[0][2] = " 회의";
    const three = [[0, 1, " abc"], [1, 2, "de"], [2, 3, " fgh"]];
    const key = (key, code, more) => keys.commandOf({ key, code, ...more }, false) ?? null;
    const turns = [[0, 9, "a"], [2, 3, "b"], [20, 21, "a"]].map(turn => ({ turn }));
    const [a, b] = [{ turn: [0, 1, "a"] }, { turn: [1, 2, "b"] }];
    const said = { turn: [0, 4, "a"], words: [0, 1, 2, 3].map(n => [n, n + 1, ` w${n}`, 1]) };
    done({
      clock: [0, 75, 3675, 751.9].map(times.clock),
      seconds: ["1:15", "1:01:15.5", "75", "1:x", "1:2:3:4"].map(times.seconds),
      offsets: texts.offsets(three),
      wordAt: [0, 3, 6, 9].map(at => texts.wordAt(three, at)),
      keys: [key("4", "Digit4", {}), key(",", "Comma", {}), key("?", "Slash", { shiftKey: true }),
             key("ㅕ", "KeyU", {}), key("x", "KeyX", {}), key(" ", "Space", {})],
      spoken: [-1, 1, 2.5, 5, 20.5].map(time => timing.spokenTurn(turns, time)),
      patched: patching.patched([a, b], { gone: [b.turn], now: [{ turn: [1.5, 2, "b"] }, { turn: [1, 1.5, "b"] }] })
        .map(each => each.turn),
      difference: patching.difference([a, b], [a, { turn: [1, 2, "c"] }]),
      replaced: texts.replaced("Minutes Record and minutes", "MINUTES", "회의"),
      assigned: corrections.assignWords(said, 1, 2, "b").map(each => each.do),
    });
  });
"""
