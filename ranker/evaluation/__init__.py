"""How well models and classic recommenders rank, by one protocol."""
