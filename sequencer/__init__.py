"""Everything that knows strips and Blender versions: frames out, takes in, staying with the source, identity."""
