"""What annotators are given: texts chosen, shown and laid out."""
