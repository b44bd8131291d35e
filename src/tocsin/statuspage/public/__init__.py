"""The public pages' own server: prepared bytes in memory."""

from tocsin.statuspage.public.app import PublicApp

__all__ = ["PublicApp"]
