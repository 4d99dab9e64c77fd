"""Typed settings, and the deployments that ship with oneoffer."""
