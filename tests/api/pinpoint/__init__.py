"""Tests of the routes of Pinpoint."""
