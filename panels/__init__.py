"""What is drawn in the sequencer's sidebar."""
