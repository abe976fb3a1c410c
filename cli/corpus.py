"""bigvoice corpus: speech and texts in folders -> lists to train and measure with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bigvoice.corpora.corpus_options import CorpusOptions
from bigvoice.corpora.normalization import Rules
from bigvoice.corpora.vocabulary import UNITS, Vocabulary
from bigvoice.options import options_of

if TYPE_CHECKING:
    from bigvoice.corpora.report import Report

app = typer.Typer(name="corpus", help="Lists of recordings and texts, to train recognisers with.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]
_Markdown = Annotated[bool, typer.Option("--markdown", help="As Markdown.")]

_OPTIONS = {each.name: each for group in (CorpusOptions, Rules) for each in options_of(group)}


def _flag(name: str, **more: Any) -> Any:
    which = _OPTIONS[name]
    told = " or ".join(which.about.choices)
    return typer.Option(which.flag, help=f"{which.about.help} ({told})" if told else which.about.help, **more)


_Folders = Annotated[
    list[Path],
    typer.Argument(metavar="FOLDER", help="Speech and texts; or one list of them.", show_default=False, readable=False),
]
_Out = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the lists go.", readable=False)]
_Layout = Annotated[str, _flag("layout")]
_Rules = Annotated[str, _flag("rules")]
_Transcription = Annotated[str, _flag("transcription")]
_Punctuation = Annotated[bool, _flag("punctuation")]
_Digits = Annotated[str, _flag("digits")]
_Speaker = Annotated[str, _flag("speaker", metavar="PATTERN")]
_Unit = Annotated[str, _flag("unit")]
_Fewest = Annotated[int, _flag("fewest", metavar="N")]
_Dev = Annotated[float, _flag("dev", metavar="SHARE")]
_Test = Annotated[float, _flag("test", metavar="SHARE")]
_Stride = Annotated[int, _flag("stride", metavar="N")]
_Default = CorpusOptions()


@app.command()
def make(
    folders: _Folders,
    out: _Out = Path("corpus"),
    layout: _Layout = _Default.layout,
    rules: _Rules = _Default.normalization.rules,
    transcription: _Transcription = _Default.normalization.transcription,
    punctuation: _Punctuation = _Default.normalization.punctuation,
    digits: _Digits = _Default.digits,
    speaker: _Speaker = _Default.speaker,
    unit: _Unit = _Default.unit,
    fewest: _Fewest = _Default.fewest,
    dev: _Dev = _Default.dev,
    test: _Test = _Default.test,
    stride: _Stride = _Default.stride,
    as_json: _Json = False,
    as_markdown: _Markdown = False,
) -> None:
    """Make train.csv, dev.csv and test.csv, which share no speaker, and vocabulary.json of folders of speech.

    What cannot be used is left out and listed in skipped.csv; report.md tells what there is.
    """
    from bigvoice.corpora import making

    normalization = Rules(rules, transcription, punctuation)
    options = CorpusOptions(layout, speaker, digits, unit, fewest, dev, test, stride, normalization)
    made = making.make(folders, out, options, tell=lambda line: typer.echo(line, err=True))
    _show(made, as_json=as_json, as_markdown=as_markdown)
    for file in () if as_json or as_markdown else making.files(out):
        typer.echo(f"-> {file}")


@app.command()
def report(
    manifests: Annotated[
        list[Path],
        typer.Argument(metavar="MANIFEST", help="Lists; the first is learnt from.", show_default=False, readable=False),
    ],
    vocabulary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Symbols to write with; else the first list's.", readable=False)
    ] = None,
    unit: Annotated[str, typer.Option(help="Of symbols, without a vocabulary: letters, syllables or jamo.")] = UNITS[0],
    stride: _Stride = _Default.stride,
    as_json: _Json = False,
    as_markdown: _Markdown = False,
) -> None:
    """Show what lists hold: hours, speakers, lengths, symbols never seen, and what is wrong between them."""
    from bigvoice.corpora.report import report_of

    symbols = Vocabulary.load(vocabulary) if vocabulary else None
    _show(report_of(manifests, vocabulary=symbols, unit=unit, stride=stride), as_json=as_json, as_markdown=as_markdown)


def _show(made: Report, *, as_json: bool, as_markdown: bool) -> None:
    from bigvoice.corpora import report

    if as_json:
        typer.echo(json.dumps(report.to_json(made), ensure_ascii=False, indent=2))
    else:
        typer.echo(report.markdown(made) if as_markdown else report.text(made), nl=False)
