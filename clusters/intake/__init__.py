"""What anybody may send without an account: texts that are tidied, senders that are counted, posts that come from here.

In the lower room because readers write in both: of a reader's text the same must be true wherever it was typed.
"""
