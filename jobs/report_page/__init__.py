"""The page that campaign teams read: facts in, HTML out."""
