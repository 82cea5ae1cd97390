"""The command line: `gristmill VERB`. The verbs are in `gristmill --help`.

Exit codes: 0 done, 1 a table is damaged or a ledger does not balance, 2 yours to mend, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import CorpusError, RecipeError
from jobs.verbs import options

EPILOG = """examples:
  gristmill plan recipes/demo.toml              what would be built, what is reused, and why
  gristmill run recipes/demo.toml               build everything that is missing
  gristmill run recipes/demo.toml --cores 1     the same bytes on one core
  gristmill show recipes/demo.toml 3f2a         a document, its measurements, its verdict and the evidence
  gristmill trace build/demo --prefix deu_Latn-00000-of-00001_text_document --document 3   whose tokens these are
  gristmill calibrate recipes/demo.toml --keep 0.9   thresholds by language, as overrides to review
  gristmill report recipes/demo.toml --sweep    what each threshold would keep if it moved
  gristmill report recipes/demo.toml --judged build/demo/report/pairs.csv   precision, by your own verdicts
  gristmill report recipes/demo.toml            the funnel of the last run, and where the report is
  gristmill fertility recipes/demo.toml --against gpt2/   the tokenizer beside another, by language
  gristmill train-lm --language de --from texts/   a language model of a folder of text
  gristmill launch build/demo --target megatron --model neox-20b --layout tp=2,pp=4,dp=12 --to launch/
  gristmill verify build/demo                   every digest, count and id of what a run wrote, or of a copy of it
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; errors that a person can act on are one line on stderr."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.verb(arguments))
    except CorpusError as error:
        print(f"gristmill: {error}", file=sys.stderr)
        return 2 if isinstance(error, RecipeError) else 1
    except OSError as error:
        from jobs.engine.failures import explain

        print(f"gristmill: {explain(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gristmill: interrupted; run the same command to go on from the parts that are complete", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gristmill",
        description="Builds pretraining corpora: every removal verified, every byte reproducible.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    plan = verbs.add_parser("plan", help="print what a run would build, reuse and why; starts nothing")
    plan.set_defaults(verb=_plan)
    run = verbs.add_parser("run", help="build everything that is missing")
    run.add_argument("--cores", type=options.positive, help="cores in local mode (default: all)")
    run.add_argument("--until", metavar="STAGE", default="report", help="stop after this stage")
    run.add_argument("--verbose", action="store_true", help="show Spark's own warnings")
    run.set_defaults(verb=_run)
    report = verbs.add_parser("report", help="print the funnel of a finished run and where its report is")
    report.add_argument("--sweep", action="store_true", help="print what each threshold would keep if it moved")
    report.set_defaults(verb=_report)
    report.add_argument("--judged", metavar="CSV", help="print the precision that a filled-in report/pairs.csv says")
    show = verbs.add_parser("show", help="print a document with all that is known of it")
    show.set_defaults(verb=_show)
    trace = verbs.add_parser("trace", help="print where a token comes from, and where a document went")
    options.trace(trace)
    trace.set_defaults(verb=_trace)
    calibrate = verbs.add_parser("calibrate", help="fit thresholds by language to stored measurements")
    options.calibrate(calibrate)
    calibrate.set_defaults(verb=_calibrate)
    classifier = verbs.add_parser("train-classifier", help="train the fastText model that language and quality ask")
    options.train_classifier(classifier)
    classifier.set_defaults(verb=_train_classifier)
    fertility = verbs.add_parser("fertility", help="print tokens a word, byte and character by language and source")
    fertility.add_argument(
        "--against", action="append", default=[], metavar="PATH", help="a tokenizer to compare with; may be repeated"
    )
    fertility.set_defaults(verb=_fertility)
    for verb in (plan, run, report, show, calibrate, fertility):
        verb.add_argument("recipe", help="a recipe (.toml)")
        verb.add_argument("--root", help="output folder or URI (default: the recipe's, else build/<name>)")
    show.add_argument("id", help="a document's id, or enough of its first digits")
    lm = verbs.add_parser("train-lm", help="train the n-gram model that the perplexity filter asks")
    options.train_lm(lm)
    lm.set_defaults(verb=_train_lm)
    launch = verbs.add_parser("launch", help="write what a trainer is started with, and check every number in it")
    options.launch(launch)
    launch.set_defaults(verb=_launch)
    verify = verbs.add_parser("verify", help="check every digest, count and id of a finished run or a copy of it")
    options.verify(verify)
    verify.set_defaults(verb=_verify)
    java = verbs.add_parser("java-home", help="print the JAVA_HOME that local mode uses, for spark-submit")
    java.set_defaults(verb=_java_home)
    return parser


# Imports stand in the verbs: `plan` and `show` answer at once because they load neither Spark nor a kernel compiler.


def _plan(arguments: argparse.Namespace) -> int:
    from corpus.duplicates import curve
    from corpus.planning import inputs, plan, plugin_lines, recipe
    from corpus.planning import mixture_lines as show

    read = recipe.load(arguments.recipe, root=arguments.root)
    for line in plugin_lines.lines(read):
        print(line)
    listed = inputs.listing(read)
    unknown = inputs.unknown_bytes(read, listed)
    if unknown > inputs.PLAN_BYTES:
        print(f"{unknown:,} bytes of input are new: `gristmill run` digests them first, then builds everything")
        return 0
    built = plan.build(read, inputs.take_stock(read, listed, inputs.digest_here, remember=False))
    steps = plan.steps(built)
    width = max(len(step.planned.name) for step in steps)
    for step in steps:
        print(f"{step.state:<7} {step.planned.name:<{width}}  {step.planned.fingerprint}  {step.why}")
    dedup = read.dedup
    for line in curve.lines(dedup.threshold, dedup.recall, dedup.bands, dedup.rows, read.permutations):
        print(line)
    for line in show.lines(built):
        print(line)
    counts = {state: sum(step.state == state for step in steps) for state in ("reuse", "resume", "build")}
    print(f"{len(steps)} stages: {counts['reuse']} reused, {counts['resume']} resumed, {counts['build']} built")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from corpus.planning import inputs, plan, plugin_lines, recipe
    from corpus.report import funnel
    from corpus.stages.report import REPORT
    from jobs import build
    from jobs.engine.session import Session

    read = recipe.load(arguments.recipe, root=arguments.root)
    for line in plugin_lines.lines(read):
        _say(line)
    build.check_root(read)
    session = Session(arguments.cores, verbose=arguments.verbose)
    try:
        stock = inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=True)
        planned = plan.build(read, stock)
        build.run(planned, session, _say, arguments.until)
    finally:
        session.stop()
    if arguments.until == REPORT.name:
        print(funnel.text(planned))
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from corpus.planning import inputs, plan, recipe
    from corpus.report import funnel, judging, sweep
    from corpus.stages.dedup import DEDUP
    from corpus.stages.report import REPORT

    read = recipe.load(arguments.recipe, root=arguments.root)
    built = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    if not built[REPORT].done:
        raise RecipeError(f"{arguments.recipe} has no finished report: run `gristmill run {arguments.recipe}` first")
    if arguments.judged:
        sheet = judging.read(Path(arguments.judged).read_bytes(), arguments.judged, built[DEDUP].fingerprint)
        print(judging.text(sheet, read.dedup.threshold))
    else:
        print(sweep.text(built[REPORT].folder) if arguments.sweep else funnel.text(built))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from corpus.lineage import document as show
    from corpus.planning import inputs, plan, recipe

    read = recipe.load(arguments.recipe, root=arguments.root)
    built = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    print(show.text(built, arguments.id))
    return 0


def _trace(arguments: argparse.Namespace) -> int:
    from jobs.verbs import trace as tracing

    for line in tracing.lines(arguments):
        print(line)
    return 0


def _calibrate(arguments: argparse.Namespace) -> int:
    from jobs.verbs import calibrate

    print(calibrate.run(arguments))
    return 0


def _fertility(arguments: argparse.Namespace) -> int:
    from jobs.verbs import fertility as compare_fertility

    print(compare_fertility.text(arguments))
    return 0


def _train_classifier(arguments: argparse.Namespace) -> int:
    from jobs.verbs import train_classifier

    print(train_classifier.train(train_classifier.request(arguments)))
    return 0


def _train_lm(arguments: argparse.Namespace) -> int:
    from corpus.sources.source import Source
    from filters.languages import language_id
    from filters.lm.model import digest_of
    from jobs.engine.session import Session
    from jobs.lm.train_model import Request, train

    language = language_id(arguments.language)
    if language is None:
        raise RecipeError(f"--language {arguments.language}: no such language; give an id such as deu_Latn or a tag")
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
    session = Session(arguments.cores, verbose=arguments.verbose)
    try:
        folder = train(request, session, _say)
    finally:
        session.stop()
    print(f'model in {folder}; in a recipe, below [[filters]] use = "perplexity":')
    print(f'models.{language} = {{ path = "{folder}", sha256 = "{digest_of(folder)}" }}')
    return 0


def _launch(arguments: argparse.Namespace) -> int:
    from jobs.verbs import launch

    request = launch.Request(**{name: getattr(arguments, name) for name in launch.Request.__dataclass_fields__})
    lines, passed = launch.run(request)
    print(lines)
    return 0 if passed else 1


def _verify(arguments: argparse.Namespace) -> int:
    from jobs.verbs import verify

    lines, held = verify.run(arguments.release, arguments.cores)
    print(lines)
    return 0 if held else 1


def _java_home(_: argparse.Namespace) -> int:
    from jobs.engine.java import java_home

    print(java_home())
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
