"""Mail by the interfaces of providers, through django-anymail: sending, what became of it, and what comes in.

Nothing of anymail is loaded before a provider is used: an installation that sends by SMTP never pays for it.
"""
