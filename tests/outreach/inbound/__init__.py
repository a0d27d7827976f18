"""Tests of what comes back about messages."""
