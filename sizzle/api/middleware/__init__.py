"""Middleware around all routes: body limits, idempotency, request log and metrics."""
