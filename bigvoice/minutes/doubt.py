"""Doubt: how much of what each place is said to have spoken it may really have spoken, by simulation.

The model. A diarizer's turns are given; what really happened is drawn many times over:

1. A voice has one of its possible places (`family.Member.chances`), independently of the others.
2. A turn may be somebody else's. Of each voice a part of the turns is astray, a part that differs from voice to voice:
   Beta-distributed, with mean `wrong` and intraclass correlation `together` (Skellam, 1948). Given that part, turns go
   astray independently, and short ones `short_odds` times as easily as those of SHORT_S and more: the fewer turns, the
   wider the interval. A stray turn belongs to one of the other voices, each as likely as it is long.
3. What a turn sounds like (`Utterance.traits`) may tell against it, by Bayes' rule: one that sounds less like its own
   voice (`Speaker.traits`) than like the others is probably astray, and if many do, so are probably more. A mother of
   a deep voice is not in doubt for it: her voice is deep as a whole. What tells for a turn is not counted: a woman's
   turn may be another woman's, or a child's that spoke at the same time. The traits are taken for calibrated where
   women, men and children are equally frequent, so that probability and likelihood are proportional.
4. Where turns have different confidences the more doubtful ones go astray more easily; as confidences were calibrated
   on other meetings, half of the doubt stays with all alike, and its amount is the measured one.
5. Second voices in overlapping speech are missed, and borders are not where they were: bits of speech that add up as
   random steps do, so that of T seconds, sqrt(grain_s * T) is the deviation (log-normal, as nobody speaks less than not
   at all). What befalls all alike is in no share.

The constants are those of bigvoice's own diarizer with its default settings, measured by bench/talk_ratio.py on made
families (three people, 3 min, a voice enrolled with 12 to 20 s) of speakers nothing was trained on and nothing is
reported on. Wordless turns under a tenth of a second, which are left out now, counted then: without them `together` is
0.16 and `short_odds` 3, with which the intervals hold as often, give or take two in 100. They know nothing of rooms in
which the diarizer fails: singing, television, whispering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.minutes.family import Member, Place
from bigvoice.minutes.minutes import Utterance
from bigvoice.span import total
from bigvoice.traits import KINDS, Traits

N_DRAWS, SEED = 2000, 0
"""With so many, the end of an 80 % interval has between 9.3 and 10.7 % of what may be true beyond it (68 times in
100). The seed is fixed: the same minutes have the same interval."""
SHORT_S = 2.0
BLOCK = 500
"""Turns that are drawn at a time: a day's recording takes no more memory than a meal's."""

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """How a diarizer errs; see above."""

    wrong: float
    together: float
    short_odds: float
    grain_s: float


MEASURED = ErrorModel(wrong=0.034, together=0.12, short_odds=5.0, grain_s=0.55)
CERTAIN = ErrorModel(0.0, 0.0, 1.0, 0.0)
"""A diarizer that never errs: what is left is the doubt of who is who."""


def simulated(
    members: Sequence[Member],
    utterances: Sequence[Utterance],
    places: Sequence[Place],
    model: ErrorModel = MEASURED,
    *,
    n_draws: int = N_DRAWS,
    seed: int = SEED,
) -> Draws:
    """What each place may really have spoken: seconds, (n_draws, n_places). Each draw has all the speech there is."""
    rng = np.random.default_rng(seed)
    voices = [voice for member in members if (voice := _voice(member, utterances)).seconds > 0]
    said = np.zeros((n_draws, len(voices)))
    for number, voice in enumerate(voices):
        _share_out(number, voice, voices, said, model, rng)
    seconds = np.zeros((n_draws, len(places)))
    for number, voice in enumerate(voices):
        chances = np.array([voice.member.chances.get(place, 0.0) for place in places])
        taken = rng.choice(len(places), n_draws, p=chances / chances.sum())
        seconds[np.arange(n_draws), taken] += said[:, number]
    whole = seconds.sum(axis=1, keepdims=True)
    deviation = np.sqrt(model.grain_s / np.maximum(seconds, max(model.grain_s, 1e-9)))
    seconds *= np.exp(deviation * rng.standard_normal(seconds.shape))
    now = seconds.sum(axis=1, keepdims=True)
    seconds *= np.divide(whole, now, out=np.zeros_like(now), where=now > 0)
    return seconds


@dataclass(frozen=True, eq=False)
class _Voice:
    """A member's turns. lengths (n,) in seconds; doubts (n,), 1 - confidence; sounds (n, 3) likelihoods of KINDS, and
    kinds (3,) what the voice is, both 1/3 each where nothing is known.
    """

    member: Member
    lengths: NDArray[np.float64]
    doubts: NDArray[np.float64]
    sounds: NDArray[np.float64]
    kinds: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        return float(self.lengths.sum())


def _voice(member: Member, utterances: Sequence[Utterance]) -> _Voice:
    own = [u for u in utterances if u.speaker == member.speaker.id and u.span.duration > 0]
    lengths = np.array([u.span.duration for u in own], float)
    if own:  # utterances of one voice may overlap, and such time is counted once
        lengths *= total(u.span for u in own) / lengths.sum()
    return _Voice(
        member=member,
        lengths=lengths,
        doubts=np.array([1 - u.confidence for u in own]),
        sounds=np.array([_likely(u.traits) for u in own]).reshape(-1, len(KINDS)),
        kinds=np.array(_likely(member.speaker.traits)),
    )


def _likely(traits: Traits | None) -> list[float]:
    return [traits.of(kind) for kind in KINDS] if traits else [1 / len(KINDS)] * len(KINDS)


def _share_out(
    number: int, voice: _Voice, voices: Sequence[_Voice], said: Draws, model: ErrorModel, rng: np.random.Generator
) -> None:
    """Add a voice's turns to what each voice said, (n_draws, n_voices): to its own, and those astray to the others'."""
    others = np.array([0.0 if other is voice else other.seconds for other in voices])
    if not others.any() or model.wrong <= 0:
        said[:, number] += voice.seconds
        return
    alike = np.array([voice.sounds @ other.kinds for other in voices]).T  # (n, n_voices)
    claims = alike * others
    evidence = np.maximum(1.0, claims.sum(axis=1) / others.sum() / np.maximum(alike[:, number], 1e-6))
    ease = _ease(voice, model)
    parts = _astray_parts(evidence, ease, model, len(said), rng)[:, None]
    whose = np.cumsum(claims / np.maximum(claims.sum(axis=1, keepdims=True), 1e-300), axis=1)
    for block in _blocks(len(ease)):
        odds = parts * (ease * evidence)[block]
        astray = rng.random(odds.shape) < odds / (odds + 1 - parts)
        said[:, number] += (~astray) @ voice.lengths[block]
        draws, turns = np.nonzero(astray)
        takers = (rng.random(len(turns))[:, None] > whose[block[turns]]).sum(axis=1).clip(max=len(voices) - 1)
        np.add.at(said, (draws, takers), voice.lengths[block[turns]])


def _ease(voice: _Voice, model: ErrorModel) -> NDArray[np.float64]:
    """How easily each turn goes astray, (n,); 1 on average of the seconds."""
    ease = np.where(voice.lengths < SHORT_S, model.short_odds, 1.0)
    mean = float(voice.doubts @ voice.lengths) / voice.seconds
    if mean > 0:
        ease = ease * (1 + voice.doubts / mean) / 2
    return ease * (voice.seconds / float(ease @ voice.lengths))


def _astray_parts(
    evidence: NDArray[np.float64], ease: NDArray[np.float64], model: ErrorModel, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The part of a voice's turns that is astray, (n,) draws; after the evidence of its turns, by resampling."""
    if model.together <= 0:
        return np.full(n, model.wrong)
    alone = (1 - model.together) / model.together
    parts = np.minimum(rng.beta(model.wrong * alone, (1 - model.wrong) * alone, n), 1 - 1e-9)
    if np.allclose(evidence, 1.0):
        return parts
    fit, part = np.zeros(n), parts[:, None]
    for block in _blocks(len(ease)):
        plain = part * ease[block]
        fit += (np.log(1 - part + plain * evidence[block]) - np.log(1 - part + plain)).sum(axis=1)
    weight = np.exp(fit - fit.max())
    return rng.choice(parts, n, p=weight / weight.sum())


def _blocks(n_turns: int) -> list[NDArray[np.intp]]:
    return np.split(np.arange(n_turns), range(BLOCK, n_turns, BLOCK))
