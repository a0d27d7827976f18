"""Tests of outreach: pure decisions."""
