"""bigvoice train: the networks that ship, and your own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bigvoice.cli.options import takes
from bigvoice.cli.screen import Screen
from bigvoice.errors import ModelError, SettingsError
from bigvoice.training.whisper_recipe import Recipe as WhisperRecipe

app = typer.Typer(name="train", help="Train a part of your own, from speech in folders.", no_args_is_help=True)

_Data = Annotated[Path, typer.Argument(metavar="DATA", help="Folder of corpora, noise/ and rooms/.", readable=False)]
_Work = Annotated[Path, typer.Option("--work", metavar="FOLDER", help="Features and checkpoints: some gigabytes.")]


@app.command()
def background(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of speech for each speaker.")],
    encoder: Annotated[str, typer.Option(help="Whose: pyannote:FOLDER, for instance.")],
) -> None:
    """Learn how alike strangers sound to an encoder from elsewhere, so that it can name voices."""
    from bigvoice.parts import make
    from bigvoice.training.listening import learn
    from bigvoice.voices import backgrounds

    part = make("encoder", encoder)
    with Screen(quiet=False) as screen:
        learnt = learn(part, folder, screen.hook)
    typer.echo(f"{backgrounds.keep(part.name, learnt)}: used from now on with --encoder {encoder}")


@app.command()
def encoder(
    data: _Data,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the encoder goes.")] = Path("encoder.onnx"),
    work: _Work = Path("encoder.work"),
    network: Annotated[str, typer.Option(help="ecapa, cnn-ecapa or resnet.")] = "cnn-ecapa",
    steps: Annotated[int, typer.Option(min=1, help="Steps of 128 crops each.")] = 4_000,
    teacher: Annotated[bool, typer.Option("--teacher/--no-teacher", help="Learn from resemblyzer, too.")] = True,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the processor; else all.")] = None,
) -> None:
    """Train an encoder; a run that was stopped goes on where its last checkpoint was."""
    try:
        from bigvoice.training.encoder import Recipe
        from bigvoice.training.export import make_encoder
        from bigvoice.training.networks import NETWORKS
    except ImportError as error:
        raise ModelError('training needs torch and onnx: pip install "bigvoice[torch]"') from error
    if network not in NETWORKS:
        raise ModelError(f"no network called {network!r}: there are {', '.join(NETWORKS)}")
    recipe = Recipe(network=network, steps=steps)
    made = make_encoder(data, work, out, recipe, taught=teacher, threads=threads, tell=typer.echo)
    typer.echo(f"{made}: use it with --encoder neural:{made}")


@app.command()
def ngram(
    texts: Annotated[
        list[Path],
        typer.Argument(metavar="TEXT", help="Text, a sentence a line; or manifests (.csv).", readable=False),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the model goes.")] = Path("lm.arpa"),
    order: Annotated[int, typer.Option(min=1, max=6, help="How many words or characters together.")] = 3,
    unit: Annotated[str, typer.Option(help="word or character.")] = "word",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Estimate a language model from text, which helps a recogniser of your own: some seconds a million words."""
    from bigvoice.training.ngram import make

    made = make(texts, out, order=order, unit=unit)
    if as_json:
        typer.echo(json.dumps(asdict(made) | {"file": str(out)}, ensure_ascii=False))
        return
    sizes = ", ".join(f"{n:,} of {k}" for k, n in enumerate(made.n_grams, 1))
    typer.echo(f"{out}: {made.n_tokens:,} {unit}s of text, n-grams: {sizes}")
    typer.echo(f"use it with --asr deepspeech2:FILE+{out}")


@app.command()
def traits(
    data: _Data,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the network goes.")] = Path("traits.onnx"),
    work: _Work = Path("traits.work"),
    encoder: Annotated[str, typer.Option(metavar="FILE", help="The encoder it hears with; else what ships.")] = "",
) -> None:
    """Train what tells women's, men's and children's voices apart: some minutes."""
    try:
        from bigvoice.training.traits import make_traits
    except ImportError as error:
        raise ModelError('training needs onnx: pip install "bigvoice[torch]"') from error
    typer.echo(f"{make_traits(data, work, out, encoder, typer.echo)}: `python bench/traits.py --traits FILE` tries it")


@app.command()
def deepspeech2(
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings (YAML): see --example.", readable=False)
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Model, card, log, checkpoints; a run goes on from them.")
    ] = Path("deepspeech2"),
    example: Annotated[bool, typer.Option("--example", help="Print settings with all there is, and end.")] = False,
) -> None:
    """Train a recogniser from nothing but recordings and their texts (see `bigvoice corpus`).

    With several GPUs: torchrun --nproc-per-node N -m bigvoice train deepspeech2 ...
    """
    try:
        from bigvoice.training.deepspeech2 import make
        from bigvoice.training.deepspeech2_config import EXAMPLE
    except ImportError as error:
        raise ModelError('training recognisers needs more: pip install "bigvoice[asr]"') from error
    if example:
        typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
    elif config is None:
        raise SettingsError("--config FILE is needed: `bigvoice train deepspeech2 --example` prints one to begin with")
    else:
        typer.echo(f"use it with --asr deepspeech2:{make(config, out, typer.echo)}")


@app.command()
@takes(WhisperRecipe, "recipe")
def whisper(
    recipe: WhisperRecipe,
    checkpoint: Annotated[
        str, typer.Argument(metavar="CHECKPOINT", help="A folder, or an ID as openai/whisper-small.")
    ],
    train: Annotated[Path, typer.Option("--train", metavar="FILE", help="Manifest to learn from.", readable=False)],
    dev: Annotated[Path, typer.Option("--dev", metavar="FILE", help="Manifest of other people.", readable=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Models, log, checkpoints.")] = Path("whisper"),
    test: Annotated[
        Path | None, typer.Option("--test", metavar="FILE", help="What to compare on; else DEV.", readable=False)
    ] = None,
    store_as: Annotated[str, typer.Option("--store-as", help="Of the converted weights: int8, float16 ...")] = "int8",
    download: Annotated[bool, typer.Option("--download", help="Fetch CHECKPOINT if it is not here.")] = False,
) -> None:
    """Tune a Whisper on recordings and their texts (see `bigvoice corpus`), and make it usable at once.

    The same command goes on with a run that was stopped. At the end the untouched and the tuned model are compared.
    """
    from bigvoice.transcription.whisper_folder import INSTALL, located

    folder = located(checkpoint, download=download)
    try:
        from bigvoice.training.whisper import make
    except ImportError as error:
        raise ModelError(f"training recognisers needs more: {INSTALL}") from error
    with Screen() as screen:
        made = make(folder, train, dev, out, recipe, test=test, precision=store_as, tell=screen.say, hook=screen.hook)
    typer.echo(made.report)
    typer.echo(f"{made.model}: use it with --asr whisper:{made.model}")
