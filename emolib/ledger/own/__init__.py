"""Anyone's tables held against themselves: `emolib ledger --check`.

`pasted` reads tables out of a text, `quantities` knows what their columns are called
and of what each score is a share, `sheets` reads their numbers. `reports`, `matrices`,
`models` and `folds` say what each row contradicts, with `fitting`, which tries the
confusion matrices behind it; `answers` gathers all that, and what no check could look
at. `words` hands names and patterns to the same checks in the page.
"""
