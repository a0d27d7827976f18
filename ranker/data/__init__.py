"""Viewing histories and titles, and the arrays that a model reads of them."""
