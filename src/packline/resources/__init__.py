"""With whom and what: stations, gauges and their calibration, people and their training."""
