"""Reads specs/ into the model and builds the pandera schemas."""
