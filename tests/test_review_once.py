"""What is asked for again under a key is done once, unless it failed."""

from __future__ import annotations

import asyncio

import pytest

from bigvoice.review.once import KEPT, Once


def test_what_is_asked_for_while_it_is_being_done_waits_for_that() -> None:
    done: list[str] = []

    async def scene() -> list[str]:
        once, go = Once[str](), asyncio.Event()

        async def do() -> str:
            await go.wait()
            done.append("done")
            return f"answer {len(done)}"

        asked = [asyncio.create_task(once("a", do)) for _ in range(3)]
        await asyncio.sleep(0)
        asked[0].cancel()  # who asked first hung up
        go.set()
        return [await asked[1], await asked[2], await once("a", do), await once("b", do), await once("", do)]

    assert asyncio.run(scene()) == ["answer 1", "answer 1", "answer 1", "answer 2", "answer 3"]


def test_what_failed_is_tried_again() -> None:
    tries: list[int] = []

    async def do() -> int:
        tries.append(1)
        if len(tries) < 2:
            raise OSError("the disk was full")
        return len(tries)

    async def scene() -> int:
        once = Once[int]()
        with pytest.raises(OSError, match="full"):
            await once("a", do)
        return await once("a", do)

    assert asyncio.run(scene()) == 2


def test_old_answers_are_let_go() -> None:
    async def scene() -> list[str]:
        once = Once[str]()
        answers = iter("abcdefghijklmnopqrstuvwxyz")

        async def do() -> str:
            return next(answers)

        for key in range(KEPT + 1):
            await once(str(key), do)
        return [await once(str(KEPT), do), await once("0", do)]

    kept, anew = asyncio.run(scene())
    assert kept == "abcdefghijklmnopqrstuvwxyz"[KEPT]
    assert anew == "abcdefghijklmnopqrstuvwxyz"[KEPT + 1]
