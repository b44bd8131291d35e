"""Passwords of tests: hashed as in the product but at no cost, as honest hashing outlasts the tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
