"""Serves a trained model: to one member at a time, and to all members of a log."""
