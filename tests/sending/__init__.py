"""Tests of the worker that sends."""
