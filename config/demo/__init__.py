"""The demonstration newsroom: what everybody sees first, loaded by `manage.py demo`."""
