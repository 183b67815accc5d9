"""The registry's pages, one module for each kind."""
