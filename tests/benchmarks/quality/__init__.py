"""What tuning achieves, on clips of the pocket world whose truth is known, beside everything simpler."""
