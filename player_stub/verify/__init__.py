"""Proves films frame by frame and sample by sample, and names what is wrong."""
