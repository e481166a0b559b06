"""What a set of predictions is worth: scores, intervals, comparisons, calibration."""
