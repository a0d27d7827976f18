"""What is known of members, read from what others wrote about them."""
