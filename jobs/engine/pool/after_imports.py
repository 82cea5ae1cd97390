"""Imported last by the process that workers are forked from: what each of them would load for itself."""

import gc

from filters import jit, normal
from jobs.engine import collector

jit.load_types()
normal.tables()  # of every document's words, whatever the recipe
gc.enable()
collector.look_seldom()
collector.keep()  # nor are its pages written to by a look, and so copied
