"""bigvoice voices: the people whose voices are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bigvoice.cli.screen import Screen
from bigvoice.errors import SettingsError
from bigvoice.settings import DiarizationOptions
from bigvoice.span import clock

if TYPE_CHECKING:
    from bigvoice.span import Span
    from bigvoice.voices.book import VoiceBook
    from bigvoice.voices.checking import Checked
    from bigvoice.voices.learning import Learnt
    from bigvoice.voices.person import Enrolled, KeptClip

app = typer.Typer(name="voices", help="The people whose voices are known.", no_args_is_help=True)

_LEFT_OUT = {"unlike": "it sounds unlike the rest", "clipped": "it is clipped", "noisy": "it is noisy"}
NO_CONSENT = "no consent on record"

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Who; capitals do not matter.", show_default=False)]
_Book = Annotated[
    Path | None,
    typer.Option("--book", metavar="FILE", help="The voice book; else your own one.", readable=False),
]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]
_Clips = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="CLIP...", help="Recordings of this person alone; none only adds a role or consent.", readable=False
    ),
]
_Role = Annotated[str | None, typer.Option("--role", help="mother, father, child, chair, member, ...")]
_Encoder = Annotated[str, typer.Option("--encoder", help="The part that turns voices into numbers.")]
_Consent = Annotated[str | None, typer.Option("--consent", metavar="DATE", help="When they agreed, as 2026-11-21.")]


@app.command()
def enroll(
    name: _Name,
    clips: _Clips = None,
    role: _Role = None,
    consent: _Consent = None,
    book: _Book = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also clips that seem to hold two people, or another voice.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Make a voice known, from recordings in which one person speaks alone; or add to what is known."""
    agreed = _day(consent) if consent else None
    with _open(book, create=True) as opened, Screen(quiet=as_json) as screen:
        done = opened.enroll(name, *clips or (), role=role, consent=agreed, force=force, hook=screen.hook)
    if as_json:
        _print_json(asdict(done))
        return
    for source, seconds in done.clips:
        typer.echo(f"{done.name}: {source}, {clock(seconds)} of speech")
    _warn(done.warnings)


@app.command("learn")
def learn_(
    meeting: Annotated[
        Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
    ],
    speaker: Annotated[
        str, typer.Argument(metavar="SPEAKER", help='"Mina Park", "Speaker 2" or s2.', show_default=False)
    ],
    recording: Annotated[
        Path | None, typer.Option("--recording", metavar="FILE", help="Else the one beside MINUTES.", readable=False)
    ] = None,
    is_not: Annotated[
        str, typer.Option("--not", metavar="NAME", help="Remember that SPEAKER is not this person.")
    ] = "",
    consent: _Consent = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="You listened: the name bigvoice gave is right.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also what seems to hold two people, or another voice.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be kept, and keep nothing.")] = False,
    encoder: _Encoder = DiarizationOptions.encoder,
    book: _Book = None,
    as_json: _Json = False,
) -> None:
    """Remember somebody's voice from a meeting in which you named them, so that the next one knows them."""
    from bigvoice import parts
    from bigvoice.voices.learning import learn

    agreed = _day(consent) if consent else None
    with Screen(quiet=as_json) as screen:
        done = learn(
            meeting,
            speaker,
            book,
            recording=recording,
            is_not=is_not,
            confirmed=confirmed,
            consent=agreed,
            force=force,
            dry_run=dry_run,
            encoder=parts.make("encoder", encoder),
            hook=screen.hook,
        )
    _print_json(asdict(done)) if as_json else _show_learnt(done)


@app.command("list")
def show_list(book: _Book = None, as_json: _Json = False) -> None:
    """Show everybody whose voice is known."""
    with _open(book) as opened:
        people = opened.list()
    if as_json:
        _print_json([_to_json(person) for person in people])
        return
    if not people:
        typer.echo("nobody is enrolled yet: `bigvoice voices enroll NAME CLIP` does it")
        return
    _print_table(
        ("Name", "Role", "Consent", "Clips", "Speech"),
        (
            (p.name, p.role or "", str(p.consent or NO_CONSENT), str(len(p.clips)), clock(p.speech_seconds))
            for p in people
        ),
    )


@app.command()
def show(name: _Name, book: _Book = None, as_json: _Json = False) -> None:
    """Show what is known of one person."""
    with _open(book) as opened:
        person = opened.show(name)
    if as_json:
        _print_json(_to_json(person))
        return
    typer.echo(", ".join(filter(None, (person.name, person.role, _consent(person), f"enrolled {person.added}"))))
    _print_table(
        ("Clip", "Length", "Speech", "Added", "SHA-256"),
        ((c.source, clock(c.duration), clock(c.speech_seconds), str(c.added), c.sha256[:12]) for c in person.clips),
    )
    if person.counter_examples:
        _print_table(
            ("Not their voice", "Length", "Added", "SHA-256"),
            ((c.source, clock(c.seconds), str(c.added), c.sha256[:12]) for c in person.counter_examples),
        )


@app.command()
def check(
    encoder: _Encoder = DiarizationOptions.encoder,
    book: _Book = None,
    as_json: _Json = False,
) -> None:
    """Show how well the voices are told apart, which clips spoil it, and what changed since the last check."""
    from bigvoice import parts
    from bigvoice.voices import checking

    with _open(book) as opened, Screen(quiet=as_json) as screen:
        rows = checking.check(opened, parts.make("encoder", encoder), screen.hook)
    if as_json:
        _print_json([asdict(row) for row in rows])
        return
    _print_table(("Name", "Clips", "Speech", "Told right", "Most alike"), map(_checked, rows))
    for row in rows:
        typer.echo(f"{row.name}: " + ", ".join(_clip(clip, row) for clip in row.kept))
    if rows and rows[0].since:
        typer.echo(f"before ->: as the check of {rows[0].since} found it")
    _warn(line for row in rows for line in row.warnings)


@app.command()
def rename(name: _Name, new: Annotated[str, typer.Argument(metavar="NEW")], book: _Book = None) -> None:
    """Give somebody another name."""
    with _open(book) as opened:
        opened.rename(name, new)
        typer.echo(f"{name} is now {opened.show(new).name}")


@app.command()
def forget(
    name: _Name,
    clip: Annotated[str | None, typer.Option("--clip", help="One clip only, by file name or SHA-256.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    book: _Book = None,
) -> None:
    """Remove somebody for good: name, recordings and prints; or one recording of theirs."""
    with _open(book) as opened:
        person = opened.show(name)
        what = f"{clip} of {person.name}" if clip else f"{person.name} with {_clips(person)}"
        if not yes and not typer.confirm(f"Remove {what} from {opened.path}? This cannot be undone."):
            typer.echo("nothing was removed")
            raise typer.Exit(1)
        opened.forget(name, clip=clip)
    typer.echo(f"{what} is removed")


@app.command()
def export(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A file that is not there yet.", show_default=False, readable=False),
    ],
    book: _Book = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write all people with their recordings, without prints, to one file: a voice book for another machine."""
    with _open(book) as opened:
        opened.export(file, force=force)
        typer.echo(f"{len(opened.list())} people are in {file}: keep it as private as their voices")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A voice book.", show_default=False, readable=False)],
    book: _Book = None,
    as_json: _Json = False,
) -> None:
    """Take in the people of another voice book; what is on record stays as it is."""
    with _open(book, create=True) as opened:
        merge = opened.import_(file)
    if as_json:
        _print_json(asdict(merge))
        return
    for kind, names in (("new", merge.new), ("more known", merge.grown), ("the same", merge.same)):
        typer.echo(f"{kind}: {', '.join(names) or 'nobody'}")
    _warn(merge.conflicts)


def _open(path: Path | None, *, create: bool = False) -> VoiceBook:
    from bigvoice.voices.book import VoiceBook  # numpy and what follows it are not for `bigvoice --help`

    return VoiceBook.open(path, create=create)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--consent must be a date, written as 2026-11-21, not {text!r}") from None


def _consent(person: Enrolled) -> str:
    return f"consent {person.consent}" if person.consent else NO_CONSENT


def _clips(person: Enrolled) -> str:
    return "1 clip" if len(person.clips) == 1 else f"{len(person.clips)} clips"


def _checked(row: Checked) -> tuple[str, ...]:
    """A line of the table; what has changed, with what it was."""
    now = (str(row.clips), clock(row.speech_seconds), f"{row.right} of {row.total}", f"{row.similarity:.2f}")
    b = row.before
    before = (str(b.clips), clock(b.speech_seconds), f"{b.right} of {b.total}", f"{b.similarity:.2f}") if b else now
    clips, speech, right, alike = (n if o == n else f"{o} -> {n}" for o, n in zip(before, now, strict=True))
    return row.name, clips, speech, right, f"{row.nearest} ({alike})" if row.nearest else ""


def _clip(clip: KeptClip, row: Checked) -> str:
    kind = "remembered" if clip.meeting else "enrolled"
    return f"{clip.source} ({kind} {clip.added}{', new' if clip.source in row.new else ''})"


def _show_learnt(done: Learnt) -> None:
    if done.counter_example:
        typer.echo(f"not {done.counter_example.name}: {done.counter_example.example.source}, prints only")
        _warn(done.counter_example.warnings)
    if done.proposal:
        for span in done.proposal.spans:
            typer.echo(_from_to(span))
        _warn(
            f"{clock(part.span.start)} to {clock(part.span.end)} is left out: {part.why}"
            for part in done.proposal.left_out
        )
    if kept := done.remembered:
        typer.echo(f"{kept.name}: {kept.source}, {clock(kept.seconds)} of speech ({kept.clip[:12]})")
        _warn(kept.warnings)
    elif done.proposal:
        typer.echo(f"{done.proposal.name}: {clock(done.proposal.seconds)} would be kept, nothing is")


def _from_to(span: Span) -> str:
    return f"{int(span.start // 60)}:{int(span.start % 60):02} to {int(span.end // 60)}:{int(span.end % 60):02}"


def _to_json(person: Enrolled) -> dict[str, Any]:
    return asdict(person) | {"speech_seconds": person.speech_seconds}


def _print_json(value: object) -> None:
    def in_json(other: object) -> object:
        return other.isoformat() if isinstance(other, date) else str(other)

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=in_json))


def _print_table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    table = Table(*headings)
    for line in lines:
        table.add_row(*map(escape, line))
    Console(highlight=False).print(table)


def _warn(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(f"Note: {line}", err=True)
