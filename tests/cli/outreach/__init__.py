"""Tests of the commands of outreach."""
