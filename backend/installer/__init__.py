"""The installer: makes, checks and removes the environment that the backend runs in. Standard library only."""
