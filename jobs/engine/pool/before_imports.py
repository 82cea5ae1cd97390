"""Imported first by the process that workers are forked from."""

import gc

from jobs.engine import without_pandas

gc.disable()  # what is imported stays
without_pandas.hide()
