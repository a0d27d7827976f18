"""What is measured, each with the command that repeats it."""
