"""Files before there is a recipe of them: what they hold, which sources they would make, what is guessed of each."""
