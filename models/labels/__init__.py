"""Labels, one kind a file; a new kind is found by being written in this folder and named in conf/models.py."""
