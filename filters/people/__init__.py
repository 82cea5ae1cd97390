"""Lists of terms by which texts speak of people."""
