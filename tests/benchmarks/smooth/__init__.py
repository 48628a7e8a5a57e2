"""Smoothing against the truth of the pocket world: takes that were spoilt in known ways, and what brings them back."""
