"""What can go wrong, as a tree.

    CorpusError
    ├── RecipeError    yours to fix: the recipe, or what it points at (a file, a model, a permission); exit code 2
    ├── DataError      a table is missing, damaged or not what its manifest says; exit code 1
    └── LedgerError    documents in != documents kept + dropped; exit code 1

Every message is one line: what is wrong, then what to do next. Anything that is not a `CorpusError` is a defect of
ours and keeps its traceback.
"""


class CorpusError(Exception):
    """Base of all errors that a person can act on."""


class RecipeError(CorpusError):
    """The recipe, or something that it names, cannot be used as it stands."""


class DataError(CorpusError):
    """A written table is missing, damaged or does not match its manifest."""


class LedgerError(CorpusError):
    """A stage lost or invented documents."""
