"""What a model has learnt of titles and members, for other programs and for people."""
