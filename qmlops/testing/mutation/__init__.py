"""Mutation: bugs are seeded between what is written and what runs, to see which of them the claims notice.

`operator` seeds, `mutant` chooses and tells the equivalent ones, `score` lets the claims look.
"""
