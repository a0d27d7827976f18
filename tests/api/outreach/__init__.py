"""Tests of the routes of outreach."""
