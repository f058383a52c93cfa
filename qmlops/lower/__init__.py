"""Rewriting programs into what a backend can do; knows no backend by name."""
