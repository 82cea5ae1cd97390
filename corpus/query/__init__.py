"""Documents of a release by what is known of them: conditions on columns, and the rows that they hold for."""
