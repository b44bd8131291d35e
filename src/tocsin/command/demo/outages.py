"""What went wrong at the demo company before, what is announced, and what the played outage says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

Texts = dict[str, str]


@dataclass(frozen=True)
class Word:
    """One update: so long after the start, in what state, saying what."""

    after: timedelta
    status: str
    texts: Texts


@dataclass(frozen=True)
class Outage:
    """A past incident. `started` is how long ago, at `hour` in the company's zone."""

    key: str
    titles: Texts
    components: tuple[str, ...]
    impact: str
    days_ago: int
    hour: float
    words: tuple[Word, ...]
    # How many of its customers wrote about it, and what kind of trouble they met.
    contacts: int
    trouble: str


def _minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


PAST = (
    Outage(
        "mail-slow",
        {
            "en": "Mail arrives late",
            "el": "Τα email φτάνουν με καθυστέρηση",
            "hr": "E-pošta kasni",
            "es": "El correo llega con retraso",
            "ru": "Почта приходит с опозданием",
        },
        ("mail",),
        "minor",
        38,
        9.2,
        (
            Word(
                _minutes(14),
                "investigating",
                {
                    "en": (
                        "Mail is delivered late at the moment, by up to 40 minutes. Nothing is lost. "
                        "We are looking for the cause."
                    ),
                    "el": (
                        "Τα email παραδίδονται αυτή τη στιγμή με καθυστέρηση έως 40 λεπτών. Τίποτα "
                        "δεν χάνεται. Αναζητούμε την αιτία."
                    ),
                    "hr": "E-pošta trenutačno kasni, do 40 minuta. Ništa se ne gubi. Tražimo uzrok.",
                    "es": (
                        "El correo llega ahora con retraso, de hasta 40 minutos. No se pierde nada. "
                        "Buscamos la causa."
                    ),
                    "ru": (
                        "Письма сейчас доставляются с опозданием до 40 минут. Ничего не теряется. Мы "
                        "ищем причину."
                    ),
                },
            ),
            Word(
                _minutes(48),
                "identified",
                {
                    "en": (
                        "The cause is found: one of the two filter servers had stopped. Its part of "
                        "the work is being moved."
                    ),
                    "el": (
                        "Βρέθηκε η αιτία: ο ένας από τους δύο διακομιστές φίλτρων είχε σταματήσει. "
                        "Μεταφέρουμε τη δουλειά του."
                    ),
                    "hr": (
                        "Uzrok je pronađen: jedan od dva poslužitelja filtra je stao. Njegov posao "
                        "premještamo."
                    ),
                    "es": (
                        "Hemos encontrado la causa: uno de los dos servidores de filtrado se había "
                        "parado. Movemos su trabajo."
                    ),
                    "ru": (
                        "Причина найдена: один из двух серверов фильтрации остановился. Мы переносим "
                        "его работу."
                    ),
                },
            ),
            Word(
                _minutes(112),
                "resolved",
                {
                    "en": (
                        "Mail is delivered at once again, and everything that waited has arrived. We "
                        "apologise for the delay."
                    ),
                    "el": (
                        "Τα email παραδίδονται πάλι αμέσως και ό,τι περίμενε έχει φτάσει. Ζητούμε "
                        "συγγνώμη για την καθυστέρηση."
                    ),
                    "hr": (
                        "E-pošta opet stiže odmah, a sve što je čekalo je isporučeno. Ispričavamo se "
                        "zbog kašnjenja."
                    ),
                    "es": (
                        "El correo vuelve a llegar al momento y todo lo pendiente se ha entregado. "
                        "Disculpad el retraso."
                    ),
                    "ru": (
                        "Письма снова доставляются сразу, всё задержанное пришло. Просим прощения за "
                        "задержку."
                    ),
                },
            ),
        ),
        7,
        "mail",
    ),
    Outage(
        "panel-login",
        {
            "en": "Signing in to the control panel fails",
            "el": "Η σύνδεση στον πίνακα ελέγχου αποτυγχάνει",
            "hr": "Prijava u upravljačku ploču ne uspijeva",
            "es": "No se puede entrar en el panel de control",
            "ru": "Не удаётся войти в панель управления",
        },
        ("panel",),
        "minor",
        24,
        16.5,
        (
            Word(
                _minutes(9),
                "investigating",
                {
                    "en": (
                        "Signing in to the control panel fails for many. Websites and mail are not "
                        "touched by it."
                    ),
                    "el": (
                        "Η σύνδεση στον πίνακα ελέγχου αποτυγχάνει για πολλούς. Ιστοσελίδες και email "
                        "δεν επηρεάζονται."
                    ),
                    "hr": "Prijava u upravljačku ploču mnogima ne uspijeva. Stranice i pošta rade.",
                    "es": (
                        "Muchos no pueden entrar en el panel de control. Las webs y el correo no se "
                        "ven afectados."
                    ),
                    "ru": "У многих не получается войти в панель управления. Сайты и почта работают.",
                },
            ),
            Word(
                _minutes(41),
                "resolved",
                {
                    "en": (
                        "Signing in works again. A certificate between two of our servers had run "
                        "out; it now renews by itself."
                    ),
                    "el": (
                        "Η σύνδεση λειτουργεί πάλι. Είχε λήξει ένα πιστοποιητικό μεταξύ δύο "
                        "διακομιστών μας· πλέον ανανεώνεται μόνο του."
                    ),
                    "hr": (
                        "Prijava opet radi. Istekao je certifikat između dva naša poslužitelja; sada "
                        "se obnavlja sam."
                    ),
                    "es": (
                        "Ya se puede entrar. Había caducado un certificado entre dos de nuestros "
                        "servidores; ahora se renueva solo."
                    ),
                    "ru": (
                        "Вход снова работает. Истёк сертификат между двумя нашими серверами; теперь "
                        "он продлевается сам."
                    ),
                },
            ),
        ),
        0,
        "",
    ),
    Outage(
        "athens-storage",
        {
            "en": "Websites in Athens are down",
            "el": "Οι ιστοσελίδες στην Αθήνα δεν λειτουργούν",
            "hr": "Web-stranice u Ateni ne rade",
            "es": "Las webs de Atenas no funcionan",
            "ru": "Сайты в Афинах не работают",
        },
        ("web-athens",),
        "critical",
        11,
        10.6,
        (
            Word(
                _minutes(6),
                "investigating",
                {
                    "en": (
                        "Websites hosted in Athens cannot be reached. Our technicians are at it. Mail works."
                    ),
                    "el": (
                        "Οι ιστοσελίδες που φιλοξενούνται στην Αθήνα δεν ανοίγουν. Οι τεχνικοί μας το "
                        "εξετάζουν. Το email λειτουργεί."
                    ),
                    "hr": "Web stranice u Ateni nisu dostupne. Naši tehničari rade na tome. Pošta radi.",
                    "es": (
                        "No se puede llegar a las webs alojadas en Atenas. Nuestros técnicos están en "
                        "ello. El correo funciona."
                    ),
                    "ru": (
                        "Сайты, размещённые в Афинах, недоступны. Наши техники работают над этим. "
                        "Почта работает."
                    ),
                },
            ),
            Word(
                _minutes(31),
                "identified",
                {
                    "en": (
                        "A storage controller failed. The replacement is running, and the sites come "
                        "back one after the other."
                    ),
                    "el": (
                        "Χάλασε ένας ελεγκτής αποθήκευσης. Ο αντικαταστάτης λειτουργεί και οι σελίδες "
                        "επανέρχονται μία μία."
                    ),
                    "hr": (
                        "Otkazao je kontroler pohrane. Zamjena radi i stranice se vraćaju jedna za drugom."
                    ),
                    "es": (
                        "Falló una controladora de almacenamiento. La de repuesto ya funciona y las "
                        "webs vuelven una tras otra."
                    ),
                    "ru": (
                        "Вышел из строя контроллер хранилища. Замена работает, сайты возвращаются "
                        "один за другим."
                    ),
                },
            ),
            Word(
                _minutes(75),
                "monitoring",
                {
                    "en": "All sites answer again. We keep watching for an hour before we call it repaired.",
                    "el": (
                        "Όλες οι σελίδες ανοίγουν πάλι. Παρακολουθούμε για μία ώρα πριν το θεωρήσουμε λήξαν."
                    ),
                    "hr": "Sve stranice opet rade. Pratimo još sat vremena prije nego što zaključimo.",
                    "es": "Todas las webs responden. Vigilamos una hora más antes de darlo por arreglado.",
                    "ru": (
                        "Все сайты снова отвечают. Ещё час наблюдаем, прежде чем считать это исправленным."
                    ),
                },
            ),
            Word(
                _minutes(134),
                "resolved",
                {
                    "en": (
                        "Repaired. No data was lost. A description of what happened and what we "
                        "change follows this week."
                    ),
                    "el": (
                        "Αποκαταστάθηκε. Δεν χάθηκαν δεδομένα. Μέσα στην εβδομάδα θα περιγράψουμε τι "
                        "έγινε και τι αλλάζουμε."
                    ),
                    "hr": (
                        "Popravljeno. Podaci nisu izgubljeni. Ovaj tjedan slijedi opis što se "
                        "dogodilo i što mijenjamo."
                    ),
                    "es": (
                        "Arreglado. No se perdieron datos. Esta semana contaremos qué pasó y qué cambiamos."
                    ),
                    "ru": (
                        "Исправлено. Данные не потеряны. На этой неделе расскажем, что случилось и "
                        "что мы меняем."
                    ),
                },
            ),
        ),
        8,
        "site",
    ),
)


@dataclass(frozen=True)
class Maintenance:
    """Announced work, so many days ahead."""

    titles: Texts
    components: tuple[str, ...]
    days_ahead: int
    hour: float
    lasts: timedelta
    announced_hours_ago: float
    texts: Texts


ANNOUNCED = Maintenance(
    {
        "en": "New network equipment in Frankfurt",
        "el": "Νέος δικτυακός εξοπλισμός στη Φρανκφούρτη",
        "hr": "Nova mrežna oprema u Frankfurtu",
        "es": "Nuevos equipos de red en Fráncfort",
        "ru": "Новое сетевое оборудование во Франкфурте",
    },
    ("web-frankfurt",),
    4,
    2.0,
    timedelta(hours=2),
    20,
    {
        "en": (
            "We replace network equipment in Frankfurt. Websites there may be away for up to ten "
            "minutes in these two hours."
        ),
        "el": (
            "Αντικαθιστούμε δικτυακό εξοπλισμό στη Φρανκφούρτη. Οι εκεί ιστοσελίδες μπορεί να λείψουν "
            "έως δέκα λεπτά μέσα σε αυτές τις δύο ώρες."
        ),
        "hr": (
            "U Frankfurtu mijenjamo mrežnu opremu. Tamošnje stranice u ta dva sata mogu biti "
            "nedostupne do deset minuta."
        ),
        "es": (
            "Cambiamos equipos de red en Fráncfort. Las webs de allí pueden no estar disponibles "
            "hasta diez minutos en esas dos horas."
        ),
        "ru": (
            "Мы меняем сетевое оборудование во Франкфурте. Сайты там могут быть недоступны до десяти "
            "минут за эти два часа."
        ),
    },
)

# --- The outage that `tocsin demo --outage` plays ---------------------------------------------------

PLAYED_TITLES: Texts = {
    "en": "Mail is down",
    "el": "Το email δεν λειτουργεί",
    "hr": "E-pošta ne radi",
    "es": "El correo no funciona",
    "ru": "Почта не работает",
}
PLAYED_START: Texts = {
    "en": (
        "Mail can be neither sent nor received at the moment. Our technicians are working on it. "
        "Nothing is lost: mail to you waits and arrives afterwards."
    ),
    "el": (
        "Αυτή τη στιγμή δεν είναι δυνατή η αποστολή και η λήψη email. Οι τεχνικοί μας το "
        "επιδιορθώνουν. Τίποτα δεν χάνεται: τα μηνύματα προς εσάς περιμένουν και θα φτάσουν."
    ),
    "hr": (
        "Trenutačno se pošta ne može ni slati ni primati. Naši tehničari rade na tome. Ništa se ne "
        "gubi: poruke za vas čekaju i stići će poslije."
    ),
    "es": (
        "Ahora mismo no se puede enviar ni recibir correo. Nuestros técnicos trabajan en ello. No se "
        "pierde nada: los mensajes esperan y llegarán después."
    ),
    "ru": (
        "Сейчас нельзя ни отправить, ни получить почту. Наши техники работают над этим. Ничего не "
        "теряется: письма вам ждут и придут позже."
    ),
}
PLAYED_CAUSE: Texts = {
    "en": (
        "The cause is found: the storage under the mailboxes stopped answering. We are moving the "
        "mailboxes to the second system."
    ),
    "el": (
        "Βρέθηκε η αιτία: ο χώρος αποθήκευσης των θυρίδων έπαψε να ανταποκρίνεται. Μεταφέρουμε τις "
        "θυρίδες στο δεύτερο σύστημα."
    ),
    "hr": (
        "Uzrok je pronađen: pohrana sandučića prestala je odgovarati. Premještamo sandučiće na drugi sustav."
    ),
    "es": (
        "Hemos encontrado la causa: el almacenamiento de los buzones dejó de responder. Estamos "
        "pasando los buzones al segundo sistema."
    ),
    "ru": "Причина найдена: хранилище ящиков перестало отвечать. Мы переносим ящики на вторую систему.",
}
PLAYED_END: Texts = {
    "en": (
        "Mail works again, and everything that waited has been delivered. We are sorry for the interruption."
    ),
    "el": "Το email λειτουργεί πάλι και ό,τι περίμενε έχει παραδοθεί. Ζητούμε συγγνώμη για τη διακοπή.",
    "hr": "Pošta opet radi i sve što je čekalo je isporučeno. Žao nam je zbog prekida.",
    "es": "El correo vuelve a funcionar y todo lo pendiente se ha entregado. Sentimos la interrupción.",
    "ru": "Почта снова работает, всё, что ждало, доставлено. Просим прощения за перерыв.",
}
