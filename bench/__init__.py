"""Figures of the whole product, each beside its floor: `python -m bench [intake pages news notice]`.

A floor is what the machine could do at best, measured in the same run with the least code that does the
core of the same work. What is checked is the *ratio* to the floor, with generous bounds, so that a
regression of order fails on any machine and noise does not.
"""
