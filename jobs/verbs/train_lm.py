"""`gristmill train-lm`: text of a language to an n-gram model."""

import argparse
import os
from functools import partial

from corpus.errors import RecipeError
from jobs.verbs import session_options
from jobs.verbs.argument_types import positive

HELP = "train the n-gram model that the perplexity filter asks"
EXAMPLES = (("train-lm --language de --from texts/", "a language model of a folder of text"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Trains a modified Kneser-Ney model on text and writes a folder with model.arpa (any n-gram toolkit reads it), "
        "a table for fast scoring, and model.json with digests, discounts and head/middle/tail percentiles of the "
        "documents held out (1 in 20). Scripts without spaces between words are modelled by SentencePiece pieces."
    )
    parser.add_argument("--language", required=True, metavar="ID", help="such as deu_Latn, or a tag such as de")
    parser.add_argument(
        "--from",
        dest="sources",
        required=True,
        nargs="+",
        metavar="SOURCE",
        help="files, folders, globs or URIs: JSONL, Parquet, Arrow, text, WARC, WET, HTML",
    )
    parser.add_argument("--out", metavar="FOLDER", help="the model's folder (default: build/lm/<language>)")
    parser.add_argument("--order", type=positive, default=5, help="longest n-gram, 2 to 6 (default: 5)")
    parser.add_argument("--text-field", default="text", metavar="NAME", help="JSON key or column (default: text)")
    parser.add_argument(
        "--language-field",
        default="",
        metavar="NAME",
        help="key or column with a record's language; takes only records in --language (default: takes all)",
    )
    session_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from corpus.sources.source import Source
    from filters import language_keys
    from filters.lm.model import digest_of
    from jobs.lm.train_model import Request, train

    try:
        language = language_keys.only(arguments.language)
    except ValueError as error:
        raise RecipeError(f"--language {error}") from error
    sources = tuple(
        Source(name=path, path=path, text_field=arguments.text_field, language_field=arguments.language_field)
        for path in arguments.sources
    )
    request = Request(
        language=language,
        sources=sources,
        out=arguments.out or f"build/lm/{language}",
        order=arguments.order,
    )
    session = session_options.session(arguments)
    try:
        folder = train(request, session, partial(print, flush=True))
    finally:
        session.stop()
    print(f'model in {folder}; in a recipe, below [[filters]] use = "perplexity":')
    print(f'models.{language} = {{ path = "{os.path.abspath(folder)}", sha256 = "{digest_of(folder)}" }}')
    return 0
