"""Taking documents out of a finished release: requests, what they fit, copies, the patch, and its proof."""
