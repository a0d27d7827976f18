"""Tests of the stub player, on small media that they make themselves."""
