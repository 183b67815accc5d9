"""What anybody may take away of the registry: files of a filtered set, the whole dump, and the records of the API."""
