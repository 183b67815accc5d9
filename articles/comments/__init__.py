"""Reader comments (their tables belong to the articles app)."""
