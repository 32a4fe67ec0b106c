"""Bytes to datasets and back."""
