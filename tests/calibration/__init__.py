"""The proof of the calibration: targets that it is told nothing of, calibrated, spoken, and compared byte for byte."""
