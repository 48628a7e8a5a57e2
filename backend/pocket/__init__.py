"""Pocket: the small Stable Diffusion that ships with the project, and the world that it was trained on."""
