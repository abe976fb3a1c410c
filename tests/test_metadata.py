from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bigvoice.metadata import started

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
KOREA = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("tags", "moment"),
    [
        ({"creation_time": "2024-05-14T09:30:15.000000Z"}, datetime(2024, 5, 14, 9, 30, 15, tzinfo=UTC)),
        (
            {"com.apple.quicktime.creationdate": "2024-05-14T18:30:15+0900"},
            datetime(2024, 5, 14, 18, 30, 15, tzinfo=KOREA),
        ),
        ({"date": "2024-05-14T09:30"}, datetime(2024, 5, 14, 9, 30)),
        ({"DATE": "2024/05/14 9:30:15"}, datetime(2024, 5, 14, 9, 30, 15)),
        ({"date": "2024-05-14", "creation_time": "09:30:15"}, datetime(2024, 5, 14, 9, 30, 15)),
        ({"date": "2024", "creation_time": "2024-05-14T09:30:15Z"}, datetime(2024, 5, 14, 9, 30, 15, tzinfo=UTC)),
    ],
    ids=["mp4", "iPhone", "ID3", "Vorbis", "Broadcast Wave", "a year beside"],
)
def test_a_date_with_a_time_is_when_it_began(tags, moment):
    found = started(tags, NOW)

    assert found == moment
    assert found.tzinfo == moment.tzinfo or found.utcoffset() == moment.utcoffset()


def test_the_tag_that_knows_its_time_zone_is_believed_first():
    tags = {"creation_time": "2024-05-14T09:30:00Z", "com.apple.quicktime.creationdate": "2024-05-14T18:29:00+0900"}

    assert started(tags, NOW) == datetime(2024, 5, 14, 18, 29, tzinfo=KOREA)


@pytest.mark.parametrize(
    "text",
    [
        "1904-01-01T00:00:00Z",
        "1970-01-01T00:00:12Z",
        "1980-01-01T00:00:00",
        "2000-01-01T00:03:20",
        "2025-06-03T12:00:00Z",  # the day after tomorrow
        "2024-05-14",
        "2024",
        "2023-02-31T10:00:00",
        "2024-05-14T25:00:00",
        "May 14, 2024",
        "",
    ],
)
def test_what_is_no_time_of_recording_is_left_out(text):
    assert started({"creation_time": text}, NOW) is None


def test_no_tags_say_nothing():
    assert started({}, NOW) is None
