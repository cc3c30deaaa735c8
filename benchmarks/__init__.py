"""Benchmarks other programs call, one module each."""
