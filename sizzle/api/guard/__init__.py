"""Who may ask, how often, how much, and how slowly."""
