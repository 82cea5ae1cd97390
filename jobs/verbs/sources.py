"""`gristmill sources`: a catalogue checked, listed, counted."""

import argparse

HELP = "check, list or count the entries of a catalogue of sources"
EXAMPLES = (("sources check catalogue/", "what is wrong with which entry"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "check: every fault of every entry, by field; exit code 1 if there is one. list: a line an entry. report: "
        "counts by language, place, licence, custodian, access and personal data. No contact is ever shown."
    )
    parser.add_argument("action", choices=("check", "list", "report"))
    parser.add_argument("catalogue", help="a file of entries (TOML or JSON), or a folder of such files")
    parser.add_argument("--language", default="", metavar="TAG", help="of list and report: only of this language")
    parser.add_argument("--licence", default="", metavar="ID", help="only of this SPDX id, or pattern: CC-BY-*")
    parser.add_argument("--custodian", default="", metavar="TEXT", help="only of custodians whose name holds it")


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from corpus.catalogue import summary
    from corpus.planning import bounds, catalogue_files

    found = catalogue_files.read(Path(arguments.catalogue), every=arguments.action == "check")
    if arguments.action == "check":
        faults = catalogue_files.faults(found)
        print("\n".join([*faults, *catalogue_files.unvalidated(found)]))
        print(f"entries {len(found.entries) + len(found.broken_names):,}, faults {len(faults):,}")
        return 1 if faults else 0
    wanted = summary.Wanted(language=arguments.language, licence=arguments.licence, custodian=arguments.custodian)
    entries = [one for one in found.entries.values() if wanted.takes(one)]
    if not entries:
        print(f"none of the {len(found.entries):,} entries fits")
    for line in summary.rows(entries) if arguments.action == "list" else summary.report(entries):
        print(bounds.printable(line))
    if found.broken:
        print(f"{len(found.broken_names):,} entries are left out, which are none: `gristmill sources check` says why")
    return 0
