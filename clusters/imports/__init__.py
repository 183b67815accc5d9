"""Clusters, figures and sources from a CSV or XLSX file: shown first, written only when every row is right, all or nothing.

Our own rather than django-import-export, which was weighed: it stops at the first bad cell of a row and names no column,
it changes rows in place where our figures are append-only, its save knows neither versions nor the history of records,
and it reads a file without a limit and guesses no encoding. What is left of it (a form, a table of differences) is less
than what would have to be undone.

    reading   the bytes of a file   → its header and its rows
    unpacking a workbook            → its parts, unless reading them would cost a worker
    columns   a header              → which column is which field
    cells     a cell                → a text, a number, a day, a country…
    review    rows                  → what would be created, changed and skipped, and every fault
    clusters, figures, sources        what a row of each kind means; records and references what they share
    constraints                       the models’ own, asked once for rows that are alike
    samples   the model files that editors start from
    keeping   the file and what was shown of it, between the preview and the confirmation
"""
