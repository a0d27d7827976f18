"""Tests of the routes of events."""
