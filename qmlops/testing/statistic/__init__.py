"""Tests and intervals that hold their level at finite samples. Pure functions of counts; no shots here."""
