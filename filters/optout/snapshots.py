"""Which files of a site, archived on several days, count for a page that was fetched on one."""

from bisect import bisect_right
from collections.abc import Iterable


class Snapshots:
    """The days of a site's files, in seconds since 1970; None for one whose day is not known."""

    def __init__(self, dates: Iterable[int | None]) -> None:
        self._dates = sorted(date for date in dates if date is not None)

    def count(self, file: int | None, page: int | None, *, retroactive: bool) -> bool:
        """Whether a file counts for a page: the last one up to the page's fetching was in force then, and later ones
        say what holds since. Where a day is not known, the file counts: it may have been in force.

        >>> [Snapshots([1, 5, 9]).count(file, 6, retroactive=True) for file in (1, 5, 9)]
        [False, True, True]
        """
        if file is None or page is None:
            return True
        before = bisect_right(self._dates, page)
        in_force = self._dates[before - 1] if before else None
        if file > page:
            return retroactive
        return file == in_force
