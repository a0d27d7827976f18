"""What outreach brought: outcomes of sends, credit for plays, and lift against the holdout."""
