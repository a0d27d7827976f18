"""From viewing events to a trained model."""
