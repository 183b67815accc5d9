"""What comes from a clipboard, made the house's own: the words, their structure and nothing of the program they were in.

On the server and not in the browser, so that one rule holds for every browser and can be tested without one. Within:
`trees` reads any markup at all, `apart` takes out what is not the text and puts notes at their calls, `lines` makes
paragraphs of it, `tables` tables, `writing` the house's HTML of those.
"""

from clusters.pasting.cleaning import LONGEST, Pasted, cleaned

__all__ = ["LONGEST", "Pasted", "cleaned"]
