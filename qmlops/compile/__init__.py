"""From typed parts to a Program. Pure: it opens nothing, draws nothing and runs nothing."""
