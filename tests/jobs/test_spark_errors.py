"""What Spark gives up for comes out as one line, what a task has done wrong with its traceback."""

import pytest

from corpus.errors import DataError, RecipeError
from jobs.engine.failures import TaskError, of_spark

LOST = """An error occurred while calling o81.count.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 0.0 failed 4 times, most recent
	at org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:4568)
Caused by: java.io.EOFException
	... 23 more
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOST, "Spark: Job aborted due to stage failure: Task 3 in stage 0.0 failed 4 times, most recent; run again"),
        ("[JAVA_GATEWAY_EXITED] Java gateway process exited", "Spark: [JAVA_GATEWAY_EXITED] Java gateway process"),
        ("x" * 5000, f"Spark: {'x' * 240} ...; run again: what is complete is kept"),
        ("", "Spark: ; run again"),
    ],
)
def test_what_spark_gives_up_for_is_one_line(text: str, expected: str) -> None:
    found = of_spark(text)
    assert isinstance(found, DataError)
    assert str(found).startswith(expected)
    assert "\n" not in str(found)


def test_error_of_a_worker_is_itself() -> None:
    found = of_spark(f"Traceback (most recent call last):\n{TaskError(RecipeError('mend it'))}\n{LOST}")
    assert isinstance(found, RecipeError)
    assert str(found) == "mend it"


def test_error_that_no_one_foresaw_keeps_its_traceback() -> None:
    assert of_spark(f'{LOST}Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: 3\n') is None
