from __future__ import annotations

import asyncio
import errno
import hmac
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import LOW, babble, sound, write_wav
from meetings import HOSTILE, hostile, say, team

from bigvoice.decoding import load
from bigvoice.minutes import minutes_file
from bigvoice.minutes.corrections import Rename
from bigvoice.minutes.minutes import GIVEN, KNOWN, Maker, Minutes, Source, Speaker
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.store import read, save
from bigvoice.recording import RATE
from bigvoice.review import app as app_module
from bigvoice.review.app import app
from bigvoice.review.events import Events
from bigvoice.review.gate import MOST
from bigvoice.review.room import Room
from bigvoice.settings import Settings
from bigvoice.voices.book import VoiceBook

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of starlette, about which client it takes
    from starlette.testclient import TestClient

HOST, TOKEN = "127.0.0.1:4321", "tOkEn-_1"
MARK = {"X-Bigvoice": "1"}
SLEEPS = 0.02


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "board.json"
    save(team(), path)
    return path


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of two files, and one that is none of it."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>회의")
    (folder / "main.js").write_text("export const x = 1;")
    (folder / "notes.py").write_text("secret")
    (tmp_path / "secret.js").write_text("secret")
    monkeypatch.setattr(app_module, "PAGE", folder)
    return folder


@pytest.fixture
def room(path: Path) -> Room:
    return Room(path, settings=Settings(book=path.with_name("team.voices")), who="Sora")


@pytest.fixture
def client(room: Room, page: Path) -> Iterator[TestClient]:
    with serve(room) as client:
        yield client


def serve(room: Room, **more: Any) -> TestClient:
    return TestClient(app(room, token=TOKEN, hosts=[HOST], **more), base_url=f"http://{HOST}", follow_redirects=False)


def get(client: TestClient, path: str, **headers: str) -> Any:
    return client.get(f"/{TOKEN}/{path}", headers=headers)


def post(client: TestClient, path: str, values: object, **headers: str) -> Any:
    return client.post(f"/{TOKEN}/{path}", content=json.dumps(values), headers={**MARK, **headers})


def rename(name: str, speaker: str = "s3") -> dict[str, str]:
    return {"do": "rename", "speaker": speaker, "name": name}


# What may come in


def test_the_page_and_its_parts_are_served_with_a_strict_policy(client: TestClient) -> None:
    index, script = get(client, ""), get(client, "page/main.js")

    assert (index.status_code, index.text) == (200, "<!doctype html>회의")
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    for answer in (index, script, get(client, "state"), get(client, "nothing")):
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address", ["/", "/state", "/wrong/state", f"/{TOKEN}", f"/{TOKEN}x/state", f"//{TOKEN}/state", "/%F0%9F/state"]
)
def test_without_the_token_there_is_nothing(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../secret.js", "..%2Fsecret.js", "%2e%2e/secret.js", "notes.py", "/etc/passwd", "..\\secret.js", "none.js", "."],
)
def test_nothing_but_the_page_is_served(client: TestClient, name: str) -> None:
    answer = get(client, f"page/{name}")

    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4321", "127.0.0.1", "127.0.0.1:80", "", "[::1]:4321"])
def test_a_foreign_name_that_points_here_is_refused(client: TestClient, host: str) -> None:
    assert get(client, "state", host=host).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:4321", "http://127.0.0.1:80"])
def test_another_page_is_refused(client: TestClient, path: Path, origin: str) -> None:
    answer = post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]}, origin=origin)

    assert (answer.status_code, get(client, "state", origin=origin).status_code) == (403, 403)
    assert read(path).speaker("s3").name is None


def test_ones_own_page_is_not(client: TestClient) -> None:
    assert post(client, "undo", {"revision": 1}, origin=f"http://{HOST}").status_code == 409  # nothing to undo


@pytest.mark.parametrize("where", ["steps", "undo", "redo", "reject", "remember", "forget", "close"])
def test_a_form_of_another_site_changes_nothing(client: TestClient, path: Path, where: str) -> None:
    body = json.dumps({"revision": 1, "corrections": [rename("Kim")]})

    answer = client.post(f"/{TOKEN}/{where}", content=body, headers={"content-type": "text/plain"})

    assert answer.status_code == 403
    assert read(path).speaker("s3").name is None


def test_what_changes_anything_cannot_be_asked_for_by_a_link(client: TestClient) -> None:
    assert get(client, "steps").status_code == 405


def test_too_long_a_request_is_not_read(client: TestClient) -> None:
    told = client.post(f"/{TOKEN}/steps", content=b"x", headers={**MARK, "content-length": str(MOST + 1)})
    pieces = (b" " * 1024 * 1024 for _ in range(MOST // (1024 * 1024) + 1))
    untold = client.post(f"/{TOKEN}/steps", content=pieces, headers=MARK)

    assert (told.status_code, untold.status_code) == (413, 413)


def test_a_ticket_leads_to_the_page_once_and_only_who_may_come_in_gets_one(client: TestClient) -> None:
    foreign = client.post(f"/{TOKEN}/ticket")
    ticket = client.post(f"/{TOKEN}/ticket", headers=MARK).text
    answers = [client.get(f"/{ticket}") for _ in range(2)]

    assert foreign.status_code == 403
    assert [(each.status_code, each.headers.get("location")) for each in answers] == [(303, f"/{TOKEN}/"), (404, None)]
    assert client.get("/").status_code == 404


def test_that_it_knows_the_token_is_proved_and_the_token_not_told(client: TestClient) -> None:
    nonce = "n" * 36

    told = [client.get(f"/proof/{each}") for each in (nonce, "m" * 36, "short", "n" * 30 + "/é")]

    assert told[0].text == hmac.new(TOKEN.encode(), nonce.encode(), "sha256").hexdigest()
    assert told[1].text not in (told[0].text, "")
    assert [each.status_code for each in told] == [200, 200, 404, 404]
    assert client.get(f"/proof/{nonce}", headers={"Host": "elsewhere.example"}).status_code == 403


def test_what_is_asked_for_again_is_done_once(client: TestClient) -> None:
    post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})
    post(client, "steps", {"revision": 2, "corrections": [rename("Park")]})

    first, again = (post(client, "undo", {"revision": 3}, **{"Idempotency-Key": "k1"}) for _ in range(2))

    assert first.json() == again.json()
    assert get(client, "state").json()["speakers"][2]["name"] == "Kim"
    assert post(client, "undo", {"revision": 4}, **{"Idempotency-Key": "k2"}).json()["revision"] == 5


# What is corrected


def test_a_step_is_on_the_disk_when_it_is_answered(client: TestClient, path: Path) -> None:
    answer = post(client, "steps", {"revision": 1, "corrections": [rename("김지원")]})

    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert answer.json()["undo"] == "Speaker 3 is 김지원"
    assert read(path).speaker("s3").name == "김지원"
    (entry,) = MinutesFile(path).reviewed.history.entries
    assert (entry.who, entry.by) == ("Sora", "review")


def test_undo_and_redo(client: TestClient, path: Path) -> None:
    post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})

    undone = post(client, "undo", {"revision": 2}).json()
    assert (undone["revision"], undone["redo"], undone["undo"]) == (3, "Speaker 3 is Kim", None)
    assert read(path).speaker("s3").name is None

    redone = post(client, "redo?language=ko", {"revision": 3}).json()
    assert (redone["undo"], redone["redo"]) == ("참석자 3 → Kim", None)
    assert read(path).speaker("s3").name == "Kim"


def test_sentences_come_in_the_language_asked_for(client: TestClient) -> None:
    assert get(client, "state").json()["speakers"][2]["label"] == "Speaker 3"
    assert get(client, "state?language=ko").json()["speakers"][2]["label"] == "참석자 3"
    assert get(client, "state?language=xx").json()["speakers"][2]["label"] == "Speaker 3"


def test_a_second_tab_is_not_held_up_by_what_it_has_not_seen(client: TestClient, path: Path) -> None:
    post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})

    late = post(client, "steps", {"revision": 1, "corrections": [rename("Lee", "s2")]}).json()

    assert (late["stale"], late["revision"]) == (True, 3)
    assert [speaker["name"] for speaker in late["speakers"]] == ["Mina Park", "Lee", "Kim", "Ada Brown"]
    assert len(late["turns"]) == 7
    assert read(path).speaker("s2").name == "Lee"


def test_what_does_not_fit_any_more_is_refused_with_the_state(client: TestClient, path: Path) -> None:
    turn = [25.0, 31.0, "s3"]
    post(client, "steps", {"revision": 1, "corrections": [{"do": "delete", "turn": turn}]})

    answer = post(client, "steps", {"revision": 1, "corrections": [rename("Kim", "s1"), {"do": "check", "turn": turn}]})

    assert answer.status_code == 409
    assert "there is no turn of speaker 's3'" in answer.json()["error"]
    assert (answer.json()["state"]["revision"], len(answer.json()["state"]["turns"])) == (2, 6)
    assert read(path).speaker("s1").name == "Mina Park"  # all or none


NONSENSE: list[tuple[str, object]] = [
    ("revision is missing", {"corrections": []}),
    ("revision is text", {"revision": "1", "corrections": []}),
    ("corrections is missing", {"revision": 1}),
    ("there are rename", {"revision": 1, "corrections": [{"do": "shout"}]}),
    ("corrections[0].speaker is missing", {"revision": 1, "corrections": [{"do": "rename", "name": "x"}]}),
    ("corrections[0].colour is unknown", {"revision": 1, "corrections": [{**rename("x"), "colour": 1}]}),
    ("has 2 values", {"revision": 1, "corrections": [{"do": "check", "turn": [1, 2]}]}),
    ("a span needs", {"revision": 1, "corrections": [{"do": "check", "turn": [2, 1, "s1"]}]}),
    ("a list, where an object belongs", []),
]


@pytest.mark.parametrize(("why", "body"), NONSENSE)
def test_nonsense_is_told_as_such(client: TestClient, path: Path, why: str, body: object) -> None:
    before = path.read_bytes()

    answer = post(client, "steps", body)

    assert answer.status_code == 422
    assert why in answer.json()["error"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN", b'{"revision": 1e999, "corrections": []}']
)
def test_what_is_no_json_is_told_as_such(client: TestClient, body: bytes) -> None:
    assert client.post(f"/{TOKEN}/steps", content=body, headers=MARK).status_code == 422


def test_a_full_disk_is_told_and_what_is_on_it_is_the_truth(
    client: TestClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(minutes_file, "write_whole", full)
        answer = post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})

    assert answer.status_code == 409
    assert "the disk is full: free some space and try again" in answer.json()["error"]
    assert answer.json()["state"]["speakers"][2]["name"] is None
    assert path.read_bytes() == before
    assert (
        post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]}).status_code == 200
    )  # once there is room


def test_a_lock_that_cannot_be_made_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/tmp/lock")

    monkeypatch.setattr(minutes_file, "alone", refuse)

    answer = post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})

    assert answer.status_code == 409
    assert answer.json()["error"].startswith("/tmp/lock cannot be used: Permission denied")
    assert answer.json()["state"]["revision"] == 1


def test_a_file_that_somebody_broke_is_told_and_the_server_lives_on(client: TestClient, path: Path) -> None:
    good = path.read_bytes()
    path.write_text("nonsense")

    broken = post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})
    path.unlink()
    gone = post(client, "undo", {"revision": 1})
    path.write_bytes(good)
    again = post(client, "steps", {"revision": 1, "corrections": [rename("Kim")]})

    assert (broken.status_code, gone.status_code, again.status_code) == (409, 409, 200)
    assert "is no minutes file" in broken.json()["error"]
    assert "is no minutes file" in broken.json()["state"]["trouble"]
    assert "cannot be read" in gone.json()["error"]
    assert get(client, "state").json()["trouble"] == ""


def test_what_another_program_saved_is_seen_with_the_next_request(client: TestClient, path: Path) -> None:
    MinutesFile(path).correct([Rename("s3", "Kim")])

    state = get(client, "state").json()

    assert (state["revision"], state["speakers"][2]["name"]) == (2, "Kim")


def test_markup_and_broken_text_stay_text(page: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.json"
    save(hostile(), path)
    with serve(Room(path, settings=Settings(book=tmp_path / "none"))) as client:
        state = get(client, "state")
        lone = post(client, "steps", {"revision": 1, "corrections": [rename("half \ud83d of a letter")]})

    assert state.headers["content-type"] == "application/json"
    assert state.json()["title"] == HOSTILE
    assert lone.json()["speakers"][2]["name"] == "half \ud83d of a letter"
    assert read(path).speaker("s3").name == "half \ud83d of a letter"


def test_closing_is_asked_for_once_it_is_answered(room: Room, page: Path) -> None:
    asked: list[bool] = []
    with serve(room, close=lambda: asked.append(True)) as client:
        answer = post(client, "close", {})

    assert (answer.json()["closed"], asked) == (True, [True])


# What tabs are told


def test_every_tab_hears_what_is_told_and_streams_end() -> None:
    async def tabs() -> list[list[str]]:
        events = Events()
        events.open()

        async def tab() -> list[str]:
            return [told async for told in events.stream()]

        listening = [asyncio.create_task(tab()) for _ in range(2)]
        await asyncio.sleep(SLEEPS)
        await asyncio.to_thread(events.tell, "revision", {"revision": 2})  # from any thread
        await asyncio.sleep(SLEEPS)
        events.close()
        events.tell("revision", {"revision": 3})  # nobody is there any more
        return await asyncio.gather(*listening)

    told = asyncio.run(tabs())

    assert told == [[": open\n\n", 'event: revision\ndata: {"revision": 2}\n\n']] * 2


def test_a_quiet_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    from bigvoice.review import events as module

    monkeypatch.setattr(module, "PULSE", SLEEPS)

    async def first_two() -> list[str]:
        events = Events()
        events.open()
        stream = events.stream()
        return [await anext(stream), await anext(stream)]

    assert asyncio.run(first_two()) == [": open\n\n", ": still here\n\n"]


# Voices


def test_voices_are_remembered_and_forgotten(tmp_path: Path, page: Path) -> None:
    folder = tmp_path / "spoken"
    folder.mkdir()
    spoken = babble(24.0)
    for second in range(2, 24, 3):  # pauses, from which it is known how loud the room is
        spoken[second * RATE : second * RATE + RATE // 2] = 0
    recording = write_wav(folder / "talk.wav", spoken)
    speakers = (Speaker("s1", 1, "Mina Park", "chair", GIVEN, 1.0), Speaker("s2", 2))
    said = (say(0.0, 8.0, "s1", "a b c"), say(8.0, 16.0, "s1", "d e f"), say(16.0, 23.0, "s1", "g h i"))
    minutes = Minutes(Source("talk.wav", load(recording).sha256, 24.0), Maker("x"), speakers=speakers, utterances=said)
    path, book = folder / "talk.json", tmp_path / "team.voices"
    save(minutes, path)

    with serve(Room(path, settings=Settings(book=book))) as client:
        while get(client, "state").json()["recording"]["state"] == "decoding":
            pass
        nobody = post(client, "remember?language=ko", {"speaker": "s2", "confirm": False}).json()
        proposed = post(client, "remember", {"speaker": "s1", "confirm": False}).json()
        kept = post(client, "remember", {"speaker": "s1", "confirm": True, "consent": "2026-11-21"})
        assert kept.status_code == 200, kept.text
        people = get(client, "state").json()["people"]
        forgotten = post(client, "forget", {"clip": kept.json()["clip"]})
        again = post(client, "forget", {"clip": kept.json()["clip"]})

    assert nobody["why_not"].startswith("참석자 2의 이름이 아직 없습니다")
    assert (proposed["name"], proposed["why_not"]) == ("Mina Park", "")
    assert proposed["seconds"] == pytest.approx(sum(end - start for start, end in proposed["spans"]))
    assert kept.json()["seconds"] > 5
    assert people == ["Mina Park"]
    assert forgotten.json() == {"name": "Mina Park"}
    assert again.status_code == 409
    with VoiceBook.open(book, create=False) as opened:
        assert opened.list() == ()


def test_without_a_recording_nobody_is_remembered(client: TestClient) -> None:
    answer = post(client, "remember", {"speaker": "s1", "confirm": True, "consent": None})

    assert answer.status_code == 409
    assert "open them with --recording" in answer.json()["error"]


@pytest.mark.parametrize("body", [{"confirm": True}, {"speaker": "s1", "confirm": True, "consent": "tomorrow"}])
def test_remembering_nonsense(client: TestClient, body: object) -> None:
    assert post(client, "remember", body).status_code == 422


def test_not_this_person(client: TestClient, path: Path) -> None:
    answer = post(client, "reject", {"revision": 1, "speaker": "s2", "name": "Joon Lee"})

    assert answer.json()["counter_example"] == {"kept": False, "told": ""}  # there is no voice book
    assert (answer.json()["speakers"][1]["name"], answer.json()["speakers"][1]["rejected"]) == (None, ["Joon Lee"])
    assert read(path).speaker("s2").rejected == ("Joon Lee",)


def test_not_this_person_is_kept_where_the_voice_book_knows_them(tmp_path: Path, page: Path) -> None:
    recording = write_wav(tmp_path / "talk.wav", babble(24.0, pitch=200.0, size=1.15))
    book = tmp_path / "team.voices"
    with VoiceBook.open(book) as opened:
        opened.enroll("Mina Park", write_wav(tmp_path / "mina.wav", babble(20.0, seed=2)))
    said = (say(0.0, 11.0, "s1", "a b c"), say(11.0, 23.0, "s1", "d e f"))
    voice = Speaker("s1", 1, "Mina Park", None, KNOWN, 0.9)
    source = Source("talk.wav", load(recording).sha256, 24.0)
    save(Minutes(source, Maker("x"), speakers=(voice,), utterances=said), tmp_path / "talk.json")

    with serve(Room(tmp_path / "talk.json", settings=Settings(book=book))) as client:
        while get(client, "state").json()["recording"]["state"] == "decoding":
            pass
        answer = post(client, "reject", {"revision": 1, "speaker": "s1", "name": "Mina Park"}).json()
        kept = counter_examples(book)
        post(client, "undo", {"revision": 2})
        undone = counter_examples(book)
        post(client, "redo", {"revision": 3})

    assert answer["counter_example"]["kept"] is True
    assert (kept, undone, counter_examples(book)) == (1, 0, 1)
    with VoiceBook.open(book, create=False) as opened:
        assert len(opened.show("Mina Park").clips) == 1  # and the person's own speech is what it was


def counter_examples(book: Path) -> int:
    with VoiceBook.open(book, create=False) as opened:
        return len(opened.show("Mina Park").counter_examples)


def test_a_recording_of_another_name_is_given(path: Path, page: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    wav = write_wav(elsewhere / "other.wav", sound([(1.0, 6.0, LOW)], 60.0))

    with serve(Room(path, recording=wav)) as client:
        while get(client, "state").json()["recording"]["decoded"] < 60:
            pass
        recording = get(client, "state").json()["recording"]

    assert recording["state"] == "changed"
    assert "is not the file that these minutes were made of" in recording["told"]
