"""Everything that operators fear, at once: the service, its clients, and what befalls both."""
