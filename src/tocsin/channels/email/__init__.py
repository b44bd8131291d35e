"""Mail: `read` makes bytes an Inbound, `compose` makes an Outbound bytes."""

from tocsin.channels.email.channel import EmailChannel

CHANNEL = EmailChannel()
