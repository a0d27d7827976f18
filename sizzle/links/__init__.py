"""Addresses of reels and media, and their signatures (pure)."""
