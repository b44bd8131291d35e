from tocsin.kernel.reasons import Reason

TOO_LONG = Reason("guestbook.too_long", "Please say it in %(longest)s letters.")
