"""The backend: a program of its own that builds datasets, tunes and renders, and never knows that Blender exists."""
