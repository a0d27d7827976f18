"""Tests of endpoints and applications."""
