"""What is said of training on a document: by its answer, its page, its site's robots.txt, and lists of domains."""
