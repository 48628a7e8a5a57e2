"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""
