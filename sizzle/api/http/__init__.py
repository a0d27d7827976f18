"""What every route shares: problems, content with ranges and tags, metrics and logs."""
