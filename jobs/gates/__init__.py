"""What must hold before a night goes on."""
