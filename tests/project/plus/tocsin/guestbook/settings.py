from tocsin.kernel.setting_types import Number
from tocsin.kernel.settings import Page, declare

_PAGE = Page("guestbook", 90, "book-open", "Guest book", "What guests may write.", "Length")

LONGEST = declare("guestbook.longest", Number(10, 200), 40, page=_PAGE, label="Letters at most")
