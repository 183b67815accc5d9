"""Synthetic content: what `manage.py populate` makes, so that the site can be seen with much in it."""
