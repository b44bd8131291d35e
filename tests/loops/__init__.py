"""Machines that answer machines: every loop ends, after few mails, and says why."""
