"""Imported first by the process that workers are forked from."""

import gc

gc.disable()  # what is imported stays
