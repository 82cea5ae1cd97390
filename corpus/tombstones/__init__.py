"""What was withdrawn from the releases of a root: a ledger of requests, and digests by which its copies are known."""
