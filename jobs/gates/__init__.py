"""Gates: checks of the inputs that a night must pass."""
