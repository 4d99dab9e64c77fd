"""The campaign team's policy: its expression language, and whom it lets be contacted."""
