"""One function per thing that must hold; a new one is found by being written here."""
