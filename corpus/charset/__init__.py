"""Bytes to text: the decoders of the WHATWG Encoding standard, and which of them a page or text is read with."""
