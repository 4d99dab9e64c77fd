"""Champions, and the scores that they give."""
