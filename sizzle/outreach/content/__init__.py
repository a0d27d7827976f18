"""What a message says: approved lines, the facts that fill them, and messages ready to send."""
