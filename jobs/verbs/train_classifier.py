"""`gristmill train-classifier`: documents of several kinds to a fastText classifier."""

import argparse

from jobs.verbs.argument_types import above_zero, positive

HELP = "train the fastText model that language and quality ask"
EXAMPLES = ()


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Trains a fastText classifier on documents of several kinds and judges it on a tenth of them that it has not "
        "seen. Writes model.bin, or model.ftz if it is quantised, which the filters `quality` and `language` read, and "
        "model.json. The same bytes each time. Needs the package floret: pip install 'gristmill[train]'."
    )
    parser.add_argument(
        "--from",
        dest="sources",
        action="append",
        required=True,
        metavar="LABEL=SOURCE",
        help="documents of a label: a file, folder, glob or URI that ingest reads; once for each label. SOURCE alone "
        "takes labels from --language-field",
    )
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where model.bin and model.json go")
    parser.add_argument("--text-field", default="text", metavar="NAME", help="JSON key or column (default: text)")
    parser.add_argument("--language-field", default="", metavar="NAME", help="key or column that holds the language")
    parser.add_argument("--dim", type=positive, default=64, help="of the vectors (default: 64)")
    parser.add_argument("--epochs", type=positive, help="passes over the texts (default: 5 to 100, fewer texts more)")
    parser.add_argument("--word-ngrams", type=positive, default=2, metavar="N", help="longest (default: 2, as DCLM's)")
    parser.add_argument(
        "--subwords",
        type=positive,
        nargs=2,
        default=(0, 0),
        metavar=("FROM", "TO"),
        help="lengths of character n-grams; 2 4 for languages (default: none)",
    )
    parser.add_argument(
        "--megabytes",
        type=positive,
        default=8,
        metavar="N",
        help="a larger model is quantised, to about that size (default: 8)",
    )
    parser.add_argument(
        "--loss",
        choices=("softmax", "hs", "ova"),
        default="softmax",
        help="softmax, hs for a tree of many labels, ova for each label by itself (default: softmax)",
    )
    parser.add_argument(
        "--learning-rate", type=above_zero, default=0.5, metavar="X", help="at the start (default: 0.5)"
    )
    parser.add_argument(
        "--least-words",
        type=positive,
        default=1,
        metavar="N",
        help="rarer words have no vector of their own (default: 1)",
    )
    parser.add_argument(
        "--buckets", type=positive, default=0, metavar="N", help="rows of n-grams (default: by the texts)"
    )
    parser.add_argument(
        "--keep-rows",
        type=positive,
        default=0,
        metavar="N",
        help="quantise, whatever its size: of words and n-grams the N that say most stay",
    )
    parser.add_argument(
        "--temperature",
        type=above_zero,
        default=1.0,
        metavar="T",
        help="above 1 scores are less sure, in the same order (default: 1)",
    )


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools.classifier_training import Request, labelled, train

    request = Request(
        sources=labelled(arguments.sources, arguments.text_field, arguments.language_field),
        out=arguments.out,
        dim=arguments.dim,
        epochs=arguments.epochs,
        word_ngrams=arguments.word_ngrams,
        subwords=tuple(arguments.subwords),
        limit=arguments.megabytes * 1_000_000,
        loss=arguments.loss,
        learning_rate=arguments.learning_rate,
        least_words=arguments.least_words,
        buckets=arguments.buckets,
        keep_rows=arguments.keep_rows,
        temperature=arguments.temperature,
    )
    print(train(request))
    return 0
