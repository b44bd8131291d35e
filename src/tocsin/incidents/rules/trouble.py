"""What people write when something does not work, in the languages we meet: a hint, never a proof."""

TROUBLE = (
    # English
    "not working", "does not work", "doesn't work", "don't work", "stopped working", "is down", "are down",
    "outage", "cannot connect", "can't connect", "not loading", "not responding", "timed out", "time out",
    "unavailable", "broken", "nothing works",
    # Greek
    "δεν λειτουργεί", "δεν λειτουργούν", "δεν δουλεύει", "δεν δουλεύουν", "δεν ανοίγει",
    "δεν συνδέεται", "σταμάτησε να", "έπεσε", "πεσμένο", "βλάβη", "διακοπή", "δεν ανταποκρίνεται",
    "den leitourgei", "den douleuei",
    # Russian
    "не работает", "не работают", "не открывается", "не отвечает", "недоступен", "недоступна", "сбой", "упал",
    # Spanish
    "no funciona", "no funcionan", "no carga", "no responde", "caído", "caída", "avería",
    # Croatian
    "ne radi", "ne rade", "ne funkcionira", "ne otvara", "ne odgovara", "prekid", "kvar", "nedostupan",
    "nedostupna",
)  # fmt: skip
