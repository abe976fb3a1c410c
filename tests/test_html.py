"""The transcript page as a file: what is in it, that text stays text, and that its sound is the recording's."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings

from bigvoice.cli.app import run
from bigvoice.decoding import load
from bigvoice.documents import write
from bigvoice.documents.docx import render as render_docx
from bigvoice.documents.html import render
from bigvoice.documents.line import one_line
from bigvoice.documents.page_view import stamp
from bigvoice.documents.rttm import render as render_rttm
from bigvoice.documents.subtitles import render_srt
from bigvoice.documents.view import view_of
from bigvoice.errors import DocumentError, SettingsError
from bigvoice.minutes import store
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, Note
from bigvoice.progress import Progress
from bigvoice.recording import RATE
from bigvoice.settings import DocumentOptions
from tests import any_minutes, meetings
from tests.sample_minutes import recording_of, sample

SILENT = DocumentOptions(sound="none")
VOID = {"meta", "input", "br", "rect", "link", "img"}


class Page(HTMLParser):
    """A page read by a strict reader: every element closed in its order; the text of elements, and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.within: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(tag)
            self.within.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.within.pop()

    def handle_data(self, data: str) -> None:
        for i in self.within:
            self.elements[i][2].append(data)

    def all(self, tag: str, **attributes: str) -> list[str]:
        """The texts of the elements with that tag and those attributes (class_ for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            "".join(text)
            for name, attrs, text in self.elements
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    def values(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs, _ in self.elements if name == tag and attribute in attrs]


def page_of(minutes: Minutes, options: DocumentOptions = SILENT) -> Page:
    return Page(render(minutes, options))


def embedded(page: Page) -> bytes:
    (address,) = page.values("audio", "src")
    return base64.b64decode(address.removeprefix("data:audio/mp4;base64,"), validate=True)


def heard(data: bytes, folder: Path) -> np.ndarray:
    file = folder / "heard.mp4"
    file.write_bytes(data)
    return load(file).samples


def lag(one: np.ndarray, other: np.ndarray) -> tuple[int, float]:
    """By how many samples the other is late, and how much alike the two are then (1: the same but for a factor)."""
    count = min(len(one), len(other))
    size = 1 << (2 * count).bit_length()
    spectrum = np.fft.rfft(other[:count], size) * np.conj(np.fft.rfft(one[:count], size))
    correlation = np.fft.irfft(spectrum, size)
    best = int(np.argmax(correlation))
    alike = correlation[best] / np.sqrt(np.vdot(one[:count], one[:count]) * np.vdot(other[:count], other[:count]))
    return (best if best < size // 2 else best - size), float(alike)


# what is in it


def test_the_page_shows_the_meeting() -> None:
    page = page_of(meetings.team())

    assert page.all("title") == page.all("h1") == ["Weekly meeting"]
    assert page.all("dd")[:2] == ["Monday 2 March 2026, 14:05", "Room 4"]
    assert page.all("li")[:2] == ["Budget", "Summer trip"]
    assert page.all("h2") == ["Agenda", "Attendees", "What was said", "How these minutes were made"]
    assert page.all("th", scope="row") == [
        "Mina Park",
        "Joon Lee",
        "Speaker 3",
        "Ada Brown",
        "Tom Ford",
        "Silence",
        "Overlapping speech",
    ]
    assert page.all("u") == ["four", "thousand"]
    assert page.all("p", class_="who")[1].endswith("Joon Lee (at the same time as Ada Brown)")
    assert any("expect about four words in ten" in each for each in page.all("li"))


def test_a_bar_is_as_long_as_the_share() -> None:
    page = page_of(meetings.family())

    parts = [float(attrs["width"] or 0) for tag, attrs, _ in page.elements if tag == "rect" and "class" in attrs]
    assert parts[:4] == pytest.approx([50, 25, 20, 5])
    assert page.all("td", class_="share")[:4] == [" 50 %", " 25 %", " 20 %", " 5 %"]


def test_korean_minutes_make_a_korean_page() -> None:
    page = page_of(meetings.family())

    assert page.values("html", "lang") == ["ko"]
    assert page.all("h2") == ["참석자", "부모 발화 비율", "회의 내용", "작성 정보"]
    assert set(page.values("p", "lang")) == {"ko"}


def test_notes_are_listed_and_agenda_points_head_the_dialogue() -> None:
    minutes = replace(
        meetings.team(),
        notes=(
            Note("n1", AGENDA, 0.5, "Paper"),
            Note("n2", DECISION, 41.0, "A new printer"),
            Note("n3", AGENDA, 39.0 + 3, "Trip"),
            Note("n4", ACTION, 50.0, "Ask <b>Tom</b>", "Ada", "May"),
        ),
    )
    text = render(minutes, SILENT)
    page = Page(text)

    assert page.all("h2")[:2] == ["Decisions", "Actions"]
    assert page.all("li")[:2] == ["A new printer 00:00:41", "Ask <b>Tom</b> — Ada (Due: May) 00:00:50"]
    assert page.all("h3") == ["Agenda: Paper", "Agenda: Trip"]
    assert text.index("Agenda: Paper") < text.index('id="t=00:00:01"')
    assert text.index('id="t=00:00:32"') < text.index("Agenda: Trip") < text.index('id="t=00:00:40"')


def test_words_have_their_times() -> None:
    page = page_of(meetings.team())

    words = [(int(a["data-start"] or "", 36) / 100, "".join(t)) for tag, a, t in page.elements if "data-start" in a]
    assert words[:2] == [(1.0, "Good"), (1.62, "afternoon.")]
    assert words[-1] == (49.17, "May.")


def test_two_turns_of_one_second_share_no_id() -> None:
    minutes = replace(
        meetings.team(), utterances=(meetings.say(1.0, 1.5, "s1", "Yes."), meetings.say(1.6, 2, "s2", "No."))
    )

    page = page_of(minutes)

    assert [a.get("id") for t, a, _ in page.elements if (a.get("class") or "").startswith("turn")] == [
        "t=00:00:01",
        None,
    ]


def test_nothing_at_all_makes_a_page() -> None:
    page = page_of(meetings.empty(), DocumentOptions())

    assert page.all("title") == ["Minutes"]
    assert "(no speech in this recording)" in page.all("main")[0]
    assert "the recording (silence.wav) was not found" in page.all("header")[0]


# agreement with the other documents


@pytest.mark.parametrize("name", ["team_weekly", "korean_board"])
def test_names_words_and_their_order_are_those_of_the_other_documents(name: str, tmp_path: Path) -> None:
    import docx

    minutes = sample(name)
    page = page_of(minutes)
    (tmp_path / "x.docx").write_bytes(render_docx(minutes, DocumentOptions()))

    turns = [(who, said) for who, said in zip(page.all("b"), page.all("p", class_="said"), strict=True)]

    assert turns == [(block.label, block.text) for block in view_of(minutes, SILENT).blocks]
    word = re.sub(r"\s", "", "".join(p.text for p in docx.Document(str(tmp_path / "x.docx")).paragraphs))
    places = [word.index(re.sub(r"\s", "", said)) for _, said in turns if len(said) > 40]
    assert places == sorted(places)
    subtitles = " ".join(line for line in render_srt(minutes, SILENT).split("\n") if line and "-->" not in line)
    assert all(label in subtitles for label in {who for who, _ in turns})
    speakers = [line.split()[7] for line in render_rttm(minutes, SILENT).splitlines() if line.startswith("SPEAKER")]
    assert list(dict.fromkeys(speakers)) == [who.replace(" ", "_") for who in dict.fromkeys(who for who, _ in turns)]


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=25)
def test_the_text_of_any_minutes_is_that_of_their_dialogue(minutes: Minutes) -> None:
    page = page_of(minutes)

    blocks = view_of(minutes, SILENT).blocks
    said = page.all("p", class_="said")
    assert said == [block.text or page_words(minutes) for block in blocks]
    assert page.all("title") == [one_line(minutes.title) or page.all("h1")[0]]


def page_words(minutes: Minutes) -> str:
    return view_of(minutes, SILENT).wording.no_words


# text stays text, and nothing else runs


def test_markup_is_text_wherever_text_can_stand() -> None:
    plain, hostile = page_of(meetings.team()), page_of(meetings.hostile())
    line = one_line(meetings.HOSTILE)

    assert {tag for tag, _, _ in hostile.elements} == {tag for tag, _, _ in plain.elements}
    assert hostile.all("title") == [line]
    assert hostile.all("script") == plain.all("script")
    assert hostile.all("label")[1].startswith(line)
    assert f"{line} {line}" in hostile.all("p", class_="said")[0]
    assert {name for _, attrs, _ in hostile.elements for name in attrs if name.startswith("on")} == set()


def test_an_id_or_a_language_that_no_utf8_can_hold_makes_a_page() -> None:
    """Written into the minutes by hand, as an escape."""
    minutes = meetings.team()
    speakers = (replace(minutes.speakers[0], id="\ud800"), *minutes.speakers[1:])
    turns = tuple(replace(u, speaker="\ud800" if u.speaker == "s1" else u.speaker) for u in minutes.utterances)

    page = render(replace(minutes, speakers=speakers, utterances=turns, language="\udfff"), DocumentOptions())

    assert "afternoon" in page.encode().decode()


def test_only_what_the_page_was_written_with_may_run_or_load() -> None:
    page = page_of(meetings.hostile())

    (policy,) = [a["content"] or "" for t, a, _ in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for rule, tag in (("script-src", "script"), ("style-src", "style")):
        (text,) = page.all(tag)
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert "media-src" not in rules
    assert not any(name in attrs for _, attrs, _ in page.elements for name in ("style", "onclick", "onload"))
    addresses = [
        value for tag in ("a", "link", "img", "script") for key in ("href", "src") for value in page.values(tag, key)
    ]
    assert all(address.startswith("#") for address in addresses)
    assert not re.search(r"https?://", "".join(page.all("script") + page.all("style")))


# sound


def test_the_sound_in_the_page_is_the_recordings(tmp_path: Path) -> None:
    recording = recording_of("team_weekly")
    page = page_of(sample("team_weekly"), DocumentOptions(sound_file=recording))

    original, sound = load(recording).samples, heard(embedded(page), tmp_path)
    late, alike = lag(original[-60 * RATE :], sound[len(original) - 60 * RATE :])  # the end: nothing was lost before

    assert len(sound) / RATE == pytest.approx(len(original) / RATE, abs=0.1)
    assert abs(late) < 0.01 * RATE  # a word is heard where it is written
    assert alike > 0.8
    assert 18_000 < 8 * len(embedded(page)) / (len(original) / RATE) < 32_000  # 24 kbit/s were asked for


def wav(path: Path, channels: np.ndarray, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((channels.T * 20000).astype("<i2").tobytes())
    return path


def team_of(recording: Path) -> Minutes:
    """The team meeting, said to be of this recording."""
    source = replace(
        meetings.team().source, file=recording.name, sha256=hashlib.sha256(recording.read_bytes()).hexdigest()
    )
    return replace(meetings.team(), source=source)


def tone(hertz: float, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def test_channels_are_mixed_and_those_that_cancel_each_other_are_not(tmp_path: Path) -> None:
    both = wav(tmp_path / "both.wav", np.stack([tone(300), tone(700)]))
    opposite = wav(tmp_path / "opposite.wav", np.stack([tone(300), -tone(300)]))

    mixed, kept = (
        np.abs(np.fft.rfft(heard(embedded(page_of(team_of(each), DocumentOptions(sound_file=each))), tmp_path)[:32000]))
        for each in (both, opposite)
    )

    assert set(np.argsort(mixed)[-2:]) == {600, 1400}  # bins of half a hertz
    assert np.argmax(kept) == 600
    assert kept.max() > 1000


def test_a_video_gives_its_sound(tmp_path: Path) -> None:
    file = tmp_path / "call.mp4"
    with av.open(str(file), "w") as container:
        video = container.add_stream("mpeg4", rate=5)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=48000, layout="mono")
        for _ in range(10):
            container.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        sound = tone(440, rate=48000).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(audio.encode(frame))
        container.mux([*audio.encode(None), *video.encode(None)])

    data = embedded(page_of(team_of(file), DocumentOptions(sound_file=file)))

    with av.open(io.BytesIO(data)) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["opus"]
    assert np.argmax(np.abs(np.fft.rfft(heard(data, tmp_path)[:32000]))) == 880


def test_more_bits_are_more_bytes(tmp_path: Path) -> None:
    recording = wav(tmp_path / "noise.wav", 0.3 * np.random.default_rng(1).standard_normal((1, 10 * RATE)).clip(-1, 1))

    few, many = (
        len(embedded(page_of(team_of(recording), DocumentOptions(sound_file=recording, bitrate=rate))))
        for rate in (12, 48)
    )

    assert few < many / 3
    with pytest.raises(SettingsError, match="bitrate must be between 8 and 128, not 500"):
        DocumentOptions(bitrate=500)
    with pytest.raises(SettingsError, match="sound must be embedded or beside or none, not 'loud'"):
        DocumentOptions(sound="loud")


Told = list[Progress]


@pytest.fixture
def told() -> tuple[Told, Callable[[Progress], None]]:
    reports: Told = []
    return reports, reports.append


def test_the_recording_is_found_beside_the_page(tmp_path: Path, told: tuple[Told, Callable[[Progress], None]]) -> None:
    reports, hook = told
    wav(tmp_path / "board.wav", tone(300)[np.newaxis])

    write(team_of(tmp_path / "board.wav"), tmp_path / "x.html", hook=hook)

    assert len(Page((tmp_path / "x.html").read_text("utf-8")).values("audio", "src")) == 1
    assert {report.stage for report in reports} == {"sound"}
    assert reports[-1].fraction == 1
    assert not any(report.note for report in reports)


def test_a_recording_that_is_missing_or_changed_is_told_on_the_page_and_on_the_screen(
    tmp_path: Path, told: tuple[Told, Callable[[Progress], None]]
) -> None:
    reports, hook = told
    recording = wav(tmp_path / "board.wav", tone(300)[np.newaxis])
    minutes = team_of(recording)
    page = tmp_path / "x.html"

    wav(recording, tone(301)[np.newaxis])
    write(minutes, page, hook=hook)
    changed = Page(page.read_text("utf-8"))
    recording.unlink()
    write(minutes, page, hook=hook)
    missing = Page(page.read_text("utf-8"))

    assert changed.values("audio", "src") == missing.values("audio", "src") == []
    assert "(board.wav) was changed after the minutes were made" in changed.all("header")[0]
    assert "(board.wav) was not found" in missing.all("header")[0]
    assert [("was changed" in r.note, "was not found" in r.note) for r in reports] == [(True, False), (False, True)]


@pytest.mark.parametrize("name", ["", "../secret.wav", "a" * 300 + ".wav", "x\0y.wav"])
def test_a_strange_name_of_a_recording_is_only_not_found(name: str, tmp_path: Path) -> None:
    wav(tmp_path / "secret.wav", tone(300)[np.newaxis])
    (tmp_path / "in").mkdir()
    minutes = replace(meetings.team(), source=replace(meetings.team().source, file=name))

    write(minutes, tmp_path / "in" / "x.html")

    assert "was not found" in Page((tmp_path / "in" / "x.html").read_text("utf-8")).all("header")[0]


def test_sound_beside_the_page_is_a_file_of_its_own(tmp_path: Path) -> None:
    recording = wav(tmp_path / "board 회의.wav", tone(300)[np.newaxis])
    before = recording.read_bytes()

    write(team_of(recording), tmp_path / "x.html", options=DocumentOptions(sound="beside"))

    assert sorted(each.name for each in tmp_path.iterdir()) == ["board 회의.sound.mp4", "board 회의.wav", "x.html"]
    assert recording.read_bytes() == before
    page = Page((tmp_path / "x.html").read_text("utf-8"))
    assert page.values("audio", "src") == ["board%20%ED%9A%8C%EC%9D%98.sound.mp4"]
    assert load(tmp_path / "board 회의.sound.mp4").duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("sound", ["embedded", "beside"])
def test_a_page_that_is_made_again_keeps_its_sound_without_the_recording(
    sound: str, tmp_path: Path, told: tuple[Told, Callable[[Progress], None]]
) -> None:
    reports, hook = told
    recording = wav(tmp_path / "board 회의.wav", tone(300)[np.newaxis])
    minutes, page = team_of(recording), tmp_path / "x.html"
    write(minutes, page, options=DocumentOptions(sound=sound))
    before = Page(page.read_text("utf-8")).values("audio", "src")
    recording.unlink()

    write(minutes.rename("s1", "Mina <Park>"), page, options=DocumentOptions(sound=sound), hook=hook)

    after = Page(page.read_text("utf-8"))
    assert after.values("audio", "src") == before
    assert "Mina <Park>" in after.all("b")
    assert reports == []


def test_the_sound_of_another_recording_or_bit_rate_is_not_kept(
    tmp_path: Path, told: tuple[Told, Callable[[Progress], None]]
) -> None:
    reports, hook = told
    recording = wav(tmp_path / "board.wav", tone(300)[np.newaxis])
    minutes, page = team_of(recording), tmp_path / "x.html"
    write(minutes, page)
    first = page.read_text("utf-8")
    recording.unlink()

    for other, options in (
        (minutes, DocumentOptions(bitrate=12)),
        (minutes, DocumentOptions(sound="beside")),
        (replace(minutes, source=replace(minutes.source, sha256="f" * 64)), DocumentOptions()),
    ):
        page.write_text(first, "utf-8")
        write(other, page, options=options, hook=hook)
        assert Page(page.read_text("utf-8")).values("audio", "src") == []
    assert len(reports) == 3

    page.write_text(first, "utf-8")
    write(minutes, page, options=DocumentOptions(sound="none"), hook=hook)
    assert Page(page.read_text("utf-8")).values("audio", "src") == []


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no folder"):
        write(meetings.team(), tmp_path / "absent" / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_render_of_the_command_line_knows_the_folder_of_the_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "out").mkdir()
    recording = wav(tmp_path / "board.wav", tone(300)[np.newaxis])
    store.save(team_of(recording), tmp_path / "board.json")
    page = tmp_path / "out" / "x.html"

    assert run(["render", str(tmp_path / "board.json"), "-o", str(page), "--bitrate", "16"]) == 0
    assert len(Page(page.read_text("utf-8")).values("audio", "src")) == 1

    shutil.move(recording, tmp_path / "out" / "other.wav")
    assert run(["render", str(tmp_path / "board.json"), "-o", str(page)]) == 0
    assert "board.wav was not found, so the page has none" in capsys.readouterr().err

    said = ["--sound-file", str(tmp_path / "out" / "other.wav")]
    assert run(["render", str(tmp_path / "board.json"), "-o", str(page), *said]) == 0
    assert len(Page(page.read_text("utf-8")).values("audio", "src")) == 1
    assert run(["render", str(tmp_path / "board.json"), "-o", str(page), "--sound", "none"]) == 0
    assert Page(page.read_text("utf-8")).values("audio", "src") == []
    assert run(["render", str(tmp_path / "board.json"), "-o", str(page), "--sound", "loud"]) == 2


def test_stamps_are_hundredths_that_never_go_below_nothing() -> None:
    assert [stamp(at) for at in (-1.0, 0.004, 0.01, 0.35, 0.36)] == ["0", "0", "1", "z", "10"]
