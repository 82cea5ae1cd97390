"""Classes of ASCII bytes as bits, for passes that look for shapes."""

import numpy as np

DIGIT, UPPER, LOWER, HEX, JOIN, TOKEN, HYPHEN, MARK = 1, 2, 4, 8, 16, 32, 64, 128
WORD = DIGIT | UPPER | LOWER


def classes() -> np.ndarray:
    """uint8[256]: the bits of each byte; MARK is a slash or an equals sign, TOKEN what keys are written in."""
    table = np.zeros(256, np.uint8)
    for byte in range(128):
        c = chr(byte)
        table[byte] |= DIGIT if c.isdigit() else 0
        table[byte] |= UPPER if c.isupper() else 0
        table[byte] |= LOWER if c.islower() else 0
        table[byte] |= HEX if c in "0123456789abcdefABCDEF" else 0
        table[byte] |= JOIN if c in " ()-./" else 0
        table[byte] |= HYPHEN if c == "-" else 0
        table[byte] |= MARK if c in "/=" else 0
        table[byte] |= TOKEN if c.isalnum() or c in "_-+/=.~" else 0
    return table
