"""What the models see of a clip: numbers for its sound, small pictures for its face.

A feature is a frozen dataclass whose fields are its parameters. Called with a
path it gives one array. `store.extract` computes it for a whole manifest and
keeps the arrays on disk.
"""
