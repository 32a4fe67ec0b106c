"""Builds the synthetic raw data of the sample study NCT00949325."""
