"""What a corpus is: its recipe, its sources, its tables, and the plan that ties them together."""
