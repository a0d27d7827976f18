"""The server process: settings, workers, and the limits of connections."""
