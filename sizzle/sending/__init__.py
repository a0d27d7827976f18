"""The worker that sends: gate, compose, claim, hand over, outcome."""
