"""Segments: rules that select members, compiled to SQL and explained for each member."""
