"""The files of the review page, read without a browser: both languages, all that is said, nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import bigvoice.review

PAGE = Path(bigvoice.review.__file__).parent / "page"
MODULES = {path.name: path.read_text("utf-8") for path in PAGE.glob("*.js")}
INDEX = (PAGE / "index.html").read_text("utf-8")


def _words(language: str) -> dict[str, str]:
    lines = re.findall(r'^  (\w+): "(.*)",$', MODULES[f"words_{language}.js"], re.M)
    assert len(lines) == len(dict(lines)), "a key stands there twice"
    return dict(lines)


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


def test_english_and_korean_say_the_same_things() -> None:
    english, korean = _words("en"), _words("ko")

    assert list(english) == list(korean)
    assert {key for key in english if _places(english[key]) != _places(korean[key])} <= {"named_given", "named_unknown"}
    assert all(re.search("[가-힣]", text) for key, text in korean.items() if not re.fullmatch(r"\W*\{.*\}\W*", text)), (
        "not in Korean"
    )


def test_all_that_is_said_has_words_and_all_words_are_said() -> None:
    code = "\n".join([INDEX, *(text for name, text in MODULES.items() if not name.startswith("words_"))])
    words = _words("en")

    said = set(re.findall(r'say\("(\w+)"', code)) | set(re.findall(r'data-say[a-z-]*="(\w+)"', code))
    quoted = set(re.findall(r'["`](\w+)["`]', code)) | set(re.findall(r"(\w+): [\[{]?\"", code))
    patterns = [re.compile(re.sub(r"\$\{[^}]*\}", r"\\w+", each)) for each in re.findall(r"say\(`([^`]*)`", code)]

    assert said <= set(words)
    unsaid = {key for key in set(words) - said - quoted if not any(each.fullmatch(key) for each in patterns)}
    assert unsaid == set()


def test_every_key_of_the_table_has_a_command_and_words() -> None:
    does = re.findall(r'does: "(\w+)"', MODULES["keys.js"])
    table = does[: does.index("commit")]
    commands = set(re.findall(r"^  (?:async )?(\w+)\(.*\) \{$", MODULES["going.js"] + MODULES["mending.js"], re.M))

    assert set(table) <= commands
    assert set(does) <= set(_words("en"))
    assert set(re.findall(r'data-do="(\w+)"', INDEX)) <= commands


def test_no_key_does_two_things() -> None:
    rows = re.findall(r'does: "\w+".*', MODULES["keys.js"])
    keys = [
        key for row in rows for part in re.findall(r"\[([^\]]*(?:\"\]\"[^\]]*)?)\]", row) for key in part.split(", ")
    ]
    editing = {'"Enter"', '"Escape"', '"Ctrl+Enter"'}

    assert [key for key in set(keys) - editing if keys.count(key) > 1] == []


def test_the_page_loads_its_own_modules_and_nothing_else() -> None:
    loaded = set(re.findall(r'(?:href|src)="([^"#]+)"', INDEX))
    imported = {name for text in MODULES.values() for name in re.findall(r'from "\./(\w+\.js)"', text)}

    assert loaded == {f"page/{path.name}" for path in PAGE.iterdir() if path.name != "index.html"}
    assert imported | {"main.js"} == set(MODULES)
    everything = "\n".join([INDEX, *(style.read_text("utf-8") for style in PAGE.glob("*.css")), *MODULES.values()])
    assert set(re.findall(r"https?://[^\"'\s)]+", everything)) <= {"http://www.w3.org/2000/svg"}


def test_nothing_from_outside_becomes_markup() -> None:
    code = "\n".join(MODULES.values())

    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert forbidden not in code
    assert re.findall(r"\son\w+=|\sstyle=|javascript:", INDEX) == []
