"""Tests of the parts under their names."""
