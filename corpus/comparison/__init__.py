"""Two releases beside each other: what differs of recipes, counts and documents."""
