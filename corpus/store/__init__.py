"""Where bytes lie: files, tables, manifests, digests. It knows no stage."""
