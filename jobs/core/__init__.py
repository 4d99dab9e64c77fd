"""What every part of a job uses: errors, exit codes, the lake, files, secrets."""
