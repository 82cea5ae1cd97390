"""The audit of a run: facts that sections tally part by part from the written tables, and the page that shows them."""
