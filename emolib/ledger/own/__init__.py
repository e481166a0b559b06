"""Anyone's tables held against themselves: `emolib ledger --check`.

`pasted` reads tables out of a text, `quantities` knows what their columns are called
and of what each score is a share. `numbers` reads a cell, `facts` the lines before a
table, `kinds` says what kind it is, and `sheets` puts the three together. `reports`,
`matrices`, `models` and `folds` say what each row contradicts, with `fitting`, which
tries the confusion matrices behind it; `answers` gathers all that, and what no check
could look at. `words` hands names and patterns to the same checks in the page.
"""
