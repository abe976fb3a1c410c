"""How long a transcript page takes to make, with its sound in it, and how large it is: a Markdown table.

    python bench/transcript_page.py [--hours 1 3] [--bitrate 24]

The meeting is a sample one, its sound and its words (from its reference) one after another until it is long enough.
Seconds are of the clock, on an idle machine those of one processor; the page's own are those without its sound, of
which decoding the file is a part. Memory is the most that making the page added.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

from bigvoice.decoding import load
from bigvoice.documents.html import write_page
from bigvoice.documents.stm import read as read_stm
from bigvoice.minutes.minutes import Maker, Minutes, Source, Speaker, Utterance
from bigvoice.recording import RATE
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word

MEETING = Path(__file__).parents[1] / "sample_meetings" / "team_weekly"
