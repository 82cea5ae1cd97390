"""The options of the verbs that have many, and how numbers on the command line are read."""

import argparse


def positive(text: str) -> int:
    """A whole number above zero."""
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def whole(text: str) -> int:
    """A whole number, 0 included."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1")
    return value


def above_zero(text: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return value


def calibrate(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill calibrate`."""
    parser.description = (
        "Fits the thresholds that the recipe judges by, a language at a time, from what is measured already, and "
        "writes a recipe of overrides to review. Needs a finished `gristmill run RECIPE --until decide`."
    )
    goal = parser.add_mutually_exclusive_group(required=True)
    goal.add_argument("--drop", type=share, metavar="SHARE", help="each rule drops at most this share of a language")
    goal.add_argument("--keep", type=share, metavar="SHARE", help="all rules together keep this share of a language")
    goal.add_argument("--labels", metavar="FILE", help='agree with labels: lines of {"id": "...", "keep": true}')
    parser.add_argument("--rules", metavar="LIST", help="only these, as in the report: length.few_words,...")
    parser.add_argument("--languages", metavar="LIST", help="only these: fra_Latn,...")
    parser.add_argument("--out", metavar="FILE", help="where the overrides go (default: <recipe>-calibrated.toml)")
    parser.add_argument(
        "--sample", type=positive, default=20_000, metavar="N", help="documents of a language (default: 20000)"
    )
    parser.add_argument(
        "--least", type=positive, default=100, metavar="N", help="leave smaller languages as they are (default: 100)"
    )


def train_classifier(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill train-classifier`."""
    parser.description = (
        "Trains a fastText classifier on documents of several kinds and judges it on a tenth of them that it has not "
        "seen. Writes model.bin, which the filters `quality` and `language` read, and model.json. The same bytes each "
        "time. Needs the package floret: pip install 'gristmill[train]'."
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
    parser.add_argument("--epochs", type=positive, default=5, help="passes over the texts (default: 5)")
    parser.add_argument("--word-ngrams", type=positive, default=2, metavar="N", help="longest (default: 2, as DCLM's)")
    parser.add_argument(
        "--subwords",
        type=positive,
        nargs=2,
        default=(0, 0),
        metavar=("FROM", "TO"),
        help="lengths of character n-grams; 2 4 for languages (default: none)",
    )


def train_lm(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill train-lm`."""
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
    parser.add_argument("--cores", type=positive, help="cores in local mode (default: all)")
    parser.add_argument("--verbose", action="store_true", help="show Spark's own warnings")


def trace(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill trace`."""
    parser.description = (
        "From a token of a release to its document, source, licence, address, archive record and every decision on it; "
        "from a document to all its tokens; from a step of a Megatron run to what it reads. Rows, documents and tokens "
        "count from 0, steps from 1, as Megatron logs them."
    )
    parser.add_argument("release", metavar="ROOT|RECIPE", help="the folder that `gristmill run` wrote, or its recipe")
    parser.add_argument("--root", help="output folder or URI of the recipe, where it is not the recipe's own")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--shard", metavar="FILE", help="an Arrow shard; with --row, --token or both")
    what.add_argument(
        "--prefix", metavar="PREFIX", help="a Megatron prefix; with --document, and --token for text around it"
    )
    what.add_argument("--id", help="a document's id, or enough of its first digits")
    what.add_argument("--step", type=positive, metavar="N", help="a step of a Megatron run, whose arguments follow")
    parser.add_argument("--row", type=whole, metavar="N", help="row of the shard")
    parser.add_argument("--document", type=whole, metavar="N", help="number of the document in the prefix")
    parser.add_argument(
        "--token", type=whole, metavar="N", help="token of the row or document; of the shard, where no row is given"
    )
    run = parser.add_argument_group("the run, as its own arguments say", "equal to megatron-core 0.16.1")
    run.add_argument("--sequence-length", "--seq-length", type=positive, metavar="S")
    run.add_argument("--global-batch-size", type=positive, metavar="B")
    run.add_argument("--seed", type=whole, default=1234, metavar="X", help="(default: 1234, as Megatron's)")
    run.add_argument("--split", default="969,30,1", help="shares of train, valid and test (default: 969,30,1)")
    run.add_argument("--train-samples", type=positive, metavar="N", help="needed if documents are read more than once")
    run.add_argument("--data-path", nargs="+", default=(), metavar="[WEIGHT] PREFIX")
    run.add_argument("--per-split-data-args-path", metavar="JSON", help="instead of --data-path and --split")
    run.add_argument("--rampup-batch-size", nargs=3, type=positive, metavar=("START", "BY", "SAMPLES"))


def launch(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill launch`."""
    parser.description = (
        "Writes a folder from which a trainer is started on a release: its arguments or settings, the data blend, "
        "scripts for torchrun and Slurm, and CHECKS.md, which says of every number whether it fits: layout, batches, "
        "layers, heads, vocabulary, type of ids, epochs of each source, digests. Starts nothing. Exit status 1 if a "
        "check failed; the folder is written all the same, failures first."
    )
    parser.add_argument("release", help="a run's output folder, a copy of it, or the folder of its stage shard")
    parser.add_argument(
        "--target",
        required=True,
        choices=("megatron", "neox", "bloom"),
        help="Megatron-core, GPT-NeoX, or bigscience's Megatron-DeepSpeed, which trained BLOOM",
    )
    parser.add_argument(
        "--model", required=True, metavar="NAME", help="bloom-176b, neox-20b, or a .toml file with the same keys"
    )
    parser.add_argument(
        "--layout", required=True, metavar="LIST", help="tp=4,pp=12,dp=8; also nodes= and gpus= (of a node: 8)"
    )
    parser.add_argument("--to", required=True, metavar="FOLDER", help="where the files go")
    parser.add_argument(
        "--at", metavar="PATH", help="where the release stands on the machines that train (default: where it is)"
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="a .toml file whose table [weights] gives each source its share, 1 together (default: by tokens)",
    )
    parser.add_argument(
        "--max-epochs",
        type=above_zero,
        default=4.0,
        metavar="N",
        help="warn of a source that is read more often (default: 4, up to which repeating costs little: "
        "Muennighoff et al. 2023)",
    )
    parser.add_argument("--quick", action="store_true", help="compare the sizes of the prefixes, not their sha256")


def verify(parser: argparse.ArgumentParser) -> None:
    """Of `gristmill verify`."""
    parser.description = (
        "Reads a release whole and says, a line a check, whether it is what its manifests say: every size and sha256, "
        "every count from ingest to the shards, every id below the vocabulary, one end of document at each document's "
        "end, lineage, and a sample of documents decoded and compared with the corpus. What was not shipped is named "
        "as not checked. Exit status 1 if anything is wrong."
    )
    parser.add_argument(
        "release",
        help="a run's output folder, a copy of it with some stages left out, or the folder of one stage; or a URI",
    )
    parser.add_argument("--cores", type=positive, help="files read at a time (default: all cores)")
