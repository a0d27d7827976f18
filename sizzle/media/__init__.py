"""One gate for media: what a file holds, and whether and how its frames and sound can be used."""
