"""The audit of a run: facts tallied part by part from the written tables, and the page that shows them.

Facts are plain JSON, a dict[str, Any]: what `facts.json` holds.
"""

from typing import Any

Facts = dict[str, Any]
