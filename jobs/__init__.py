"""The night's stages, the lake, publication and the command line: all reading and writing of oneoffer."""
