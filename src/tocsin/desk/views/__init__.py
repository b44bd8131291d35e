"""The desk's pages for staff."""
