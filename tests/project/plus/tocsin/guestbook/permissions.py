from tocsin.kernel.permissions import ALL, declare

WRITE = declare("write_in_guestbook", "Write in the guest book", seeded={"agent": ALL, "admin": ALL})
