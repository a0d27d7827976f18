"""Transports of messages. Only `sizzle.sending` may import them: there is one way out."""
