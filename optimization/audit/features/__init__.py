"""What each feature means, worked out from a person's own rows; a new one is found by being written in any file here.

A function is named as the feature without its window. It takes the person and the days of the window, None for all
history, and the category where the feature is of a customer in a category. It returns a whole number, `Money`, an exact
ratio, or None where the value is missing.
"""
