"""The editors' job queue: an upload becomes a job, which is checked in a process of its own."""
