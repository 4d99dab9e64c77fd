"""The stages of the night: one file each, with a `run(context)`."""
