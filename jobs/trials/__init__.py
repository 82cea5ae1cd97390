"""What stages did to canaries, read and judged."""
