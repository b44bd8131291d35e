"""The public application alone, for a server process of a test."""

import django

django.setup(set_prefix=False)

from tocsin.statuspage.public import PublicApp  # noqa: E402  needs the settings

application = PublicApp()
