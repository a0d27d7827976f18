"""The service at work: workers, health, metrics and logs."""
