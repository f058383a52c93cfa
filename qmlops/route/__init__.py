"""Offers to one choice with its reason."""
