"""The networks of the studies, one file a study, and the baselines beside them."""
