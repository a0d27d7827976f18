"""Tests of journeys as pure code."""
