"""What is measured, side by side, on one machine in one run; `RESULTS.md` is written by the scripts here."""
