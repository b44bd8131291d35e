from tocsin.console import slots

slots.add_navigation(slots.NavigationEntry(60, "Guest book", "book-open", "guestbook:book"))
