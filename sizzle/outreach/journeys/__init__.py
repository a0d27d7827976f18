"""Journeys: steps that a member goes through, one after the other, as facts come in (pure)."""
