"""tools/bench: s3migrator beside its rivals and its limit."""
