"""The audit of a run: facts tallied part by part from the written tables, and the page that shows them."""
