"""Lists of terms as one table for the kernel."""

from functools import cache

from filters.kernels.labelled import Labelled, compile_labelled
from filters.people.lists import by_language


@cache
def compiled(own: tuple[tuple[str, str, str], ...] = ()) -> Labelled:
    """`lists.by_language` as one table. Raises ValueError as `by_language` and `compile_labelled` do."""
    words = {id(one): one.words() for one in by_language(own).values()}
    return compile_labelled({id_: words[id(one)] for id_, one in by_language(own).items()})
