"""Who writes the lines: the catalogue of approved ones, or a model."""
