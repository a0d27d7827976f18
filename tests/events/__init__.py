"""Tests of what events are."""
