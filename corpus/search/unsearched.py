"""What came to a release and is not in the texts that are searched."""

from collections.abc import Iterator

from corpus.search import texts
from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE


def lines(release: Finished, table: str) -> Iterator[str]:
    """Of the corpus, or of all documents; by counts."""
    came = release[INGEST].manifest
    rejects = came.rows("rejects")
    if table == texts.CORPUS:
        gone = came.rows("documents") - release[RELEASE].manifest.rows("corpus")
        if gone:
            yield f"{gone:,} documents that came and were dropped (search --table documents has them)"
        yield "what was cut or replaced in the documents of the corpus: lines, passages, personal data"
    if rejects:
        yield f"{rejects:,} records that gave no document (table rejects of ingest)"
