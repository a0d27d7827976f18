"""The model: its sizes, its weights, its file."""
