"""Mails written for the tests, each with the reading that a person would expect beside it."""
