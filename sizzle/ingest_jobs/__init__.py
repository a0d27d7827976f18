"""The editors' job queue: each upload becomes a job, which is checked in a process of its own."""
