"""Tests of when messages may go out."""
