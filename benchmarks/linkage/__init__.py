"""The engine beside its peers on the same machine and records: accuracy, speed, memory, calibration, determinism."""
