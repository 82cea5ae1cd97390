"""What deduplication took of a source or language is counted, warned of, and where nothing is left, refused."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import losses
from corpus.store.table import Table, write_whole

OUTCOMES = ("kept", "filtered", "exact", "near", "contained")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b = c", "ä.\u202e", "x:y z", "a.kept"]),
        st.sampled_from(["eng_Latn", "zho_Hans"]),
        st.sampled_from(OUTCOMES),
    ),
    max_size=60,
)


def table(folder: Path, name: str, parts: list[dict[str, list[object]]]) -> Table:
    written = [write_whole(str(folder), name, f"part-{i:05d}", pa.table(part)) for i, part in enumerate(parts)]
    return Table(folder=str(folder), name=name, files=tuple(written))


@given(ROWS, st.floats(0, 1))
def test_losses_of_any_outcomes_add_up(rows: list[tuple[str, str, str]], share: float) -> None:
    counted = losses.counted(*([row[i] for row in rows] for i in range(3)))
    found = losses.of(counted)
    for loss in found:
        own = [row[2] for row in rows if row[losses.KINDS.index(loss.kind)] == loss.name and row[2] != "filtered"]
        assert (loss.documents, loss.lost) == (len(own), len([o for o in own if o != "kept"]))
    for kind in losses.KINDS:
        assert sum(loss.documents for loss in found if loss.kind == kind) == sum(o != "filtered" for *_, o in rows)
    assert losses.alarms(found, share) == [f for f in found if f.documents >= 20 and f.lost > share * f.documents]


def test_source_vanishes_if_deduplication_took_all_that_filters_kept() -> None:
    rows = [("gone", "exact"), ("gone", "near"), ("gone", "filtered"), ("sifted", "filtered"), ("half", "kept")]
    counted = losses.counted([r[0] for r in rows], ["und_Zzzz"] * 5, [r[1] for r in rows])
    assert losses.vanished(losses.of(counted), ()) == ["gone"]
    assert losses.vanished(losses.of(counted), ("gone",)) == []


def test_warning_names_share_and_limit() -> None:
    counted = losses.counted(["a"] * 40, ["eng_Latn"] * 20 + ["fra_Latn"] * 20, ["exact"] * 19 + ["kept"] * 21)
    assert list(losses.warnings(losses.of(counted), 0.5)) == [
        "WARNING language 'eng_Latn' lost 95.0 % of its 20 documents to deduplication ([dedup] max_loss_share is "
        "0.5): look at its pairs in the report"
    ]


def test_refusal_says_into_whose_documents_a_source_went(tmp_path: Path) -> None:
    verdicts = table(
        tmp_path,
        "verdicts",
        [
            {"id": ["1", "2", "3"], "source": ["gone", "gone", "web"]},
            {"id": ["4", "5", "3"], "source": ["books", "gone", "web"]},
        ],
    )
    clusters = table(
        tmp_path,
        "clusters",
        [
            {"outcome": ["near", "filtered", "kept"], "kept_id": ["3", None, None]},
            {"outcome": ["kept", "exact", "exact"], "kept_id": [None, "3", "4"]},
        ],
    )
    taken = losses.keepers(clusters, verdicts, "gone")
    assert taken == Counter({"web": 2})
    line = losses.refusal("gone", 2, taken)
    assert "all of the 2 documents" in line
    assert "of 'web' (2)" in line
    assert 'allow_vanish = ["gone"]' in line
