"""The engine against stock diffusers: equal output, tuning, memory and start-up, side by side in one run."""
