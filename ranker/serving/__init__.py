"""A trained model at work: one member at a time, and all members of a log."""
