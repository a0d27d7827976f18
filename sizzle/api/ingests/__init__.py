"""Editors' uploads: jobs on disk that check a timeline, and what then is done with them.

A job is a folder. Whatever dies, and whenever, a job that was accepted is there and gets done.
"""
