"""The read-only JSON API: the records of the exports, a page at a time, through the filters of the list.

JSON and GET only, no account, no cookie. Its description (OpenAPI) is made from the same shapes as its answers.
"""
