"""What brings older databases up to date, run by Alembic."""
