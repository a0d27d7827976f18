"""Who calls, and what they may do: API keys, bearer tokens, and this machine's own programs."""
