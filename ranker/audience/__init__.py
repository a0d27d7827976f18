"""Audiences: the members who are likeliest to watch a title next, and why each is."""

from ranker.audience.find import MAX_TITLES, Audience, LikelyMember, find_audiences

__all__ = ["MAX_TITLES", "Audience", "LikelyMember", "find_audiences"]
