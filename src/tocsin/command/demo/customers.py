"""The forty customers of the demo company, and what each uses."""

from __future__ import annotations

from dataclasses import dataclass

MAIL, WEB, BOTH = "mail", "web", "both"


@dataclass(frozen=True)
class Client:
    """A customer with the person who writes to us."""

    key: str
    name: str
    language: str
    person: str
    domain: str
    uses: str
    region: str = "athens"
    tier: str = "standard"

    @property
    def address(self) -> str:
        """The management address."""
        return f"{self.person.split()[0].casefold().translate(_LATIN)}@{self.domain}"

    @property
    def first_name(self) -> str:
        """How one addresses them."""
        return self.person.split()[0]

    @property
    def components(self) -> list[str]:
        """Keys of what they use."""
        mail = ["mail"] if self.uses in (MAIL, BOTH) else []
        web = [f"web-{self.region}", "dns"] if self.uses in (WEB, BOTH) else []
        return [*mail, *web, "panel"]


_LATIN = str.maketrans(
    dict(zip("αάβγδεέζηήιίϊκλμνξοόπρσςτυύφωώ", "aabgdeeziiiiiklmnxooprsstyyfoo", strict=True))
    | dict(zip("абвгдеёзийклмнопрстуфхыэ", "abvgdeezijklmnoprstufhye", strict=True))
    | dict(zip("čćžšđáéíóúñ", "cczsdaeioun", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps", "ж": "zh", "ч": "ch", "ш": "sh", "ь": "", "ю": "yu", "я": "ya"}
)

CLIENTS = (
    Client("C-1001", "Ελαιώνες Κρήτης", "el", "Μαρία Παπαδάκη", "elaiones.example", BOTH, tier="business"),
    Client(
        "C-1002", "Ξενοδοχείο Αιγαίο", "el", "Γιώργος Λιάκος", "hotel-aigaio.example", BOTH, tier="business"
    ),
    Client("C-1003", "Λογιστικό γραφείο Δήμου", "el", "Άννα Δήμου", "dimou-tax.example", MAIL),
    Client("C-1004", "Φαρμακείο Σταυρού", "el", "Κώστας Σταύρου", "farmakeio-stavrou.example", MAIL),
    Client("C-1005", "Βιβλιοπωλείο Ανεμόμυλος", "el", "Δέσποινα Ρήγα", "anemomylos.example", WEB),
    Client("C-1006", "Αρχιτέκτονες Νόστος", "el", "Πέτρος Καλλέργης", "nostos-arch.example", BOTH),
    Client(
        "C-1007",
        "Δικηγορικό γραφείο Βλάχου",
        "el",
        "Ειρήνη Βλάχου",
        "vlachou-law.example",
        MAIL,
        tier="business",
    ),
    Client("C-1008", "Κεραμικά Σίφνου", "el", "Σοφία Γεροντή", "sifnos-keramika.example", WEB),
    Client("C-1009", "Μεταφορές Ορίων", "el", "Νίκος Αντωνίου", "orion-metafores.example", BOTH),
    Client("C-1010", "Φροντιστήριο Πυξίδα", "el", "Χρήστος Μπέλλος", "pyxida.example", BOTH),
    Client("C-1011", "Κτηνιατρείο Αλκυόνη", "el", "Βασιλική Τσιώλη", "alkyoni-vet.example", MAIL),
    Client("C-1012", "Ποδηλατάδικο Ρόδα", "el", "Θανάσης Κόκκινος", "roda-bikes.example", WEB, "frankfurt"),
    Client("C-1013", "Harbour Lane Coffee", "en", "Emma Clarke", "harbourlane.example", WEB, "frankfurt"),
    Client(
        "C-1014",
        "Northgate Surveyors",
        "en",
        "James Whitfield",
        "northgate-survey.example",
        BOTH,
        "frankfurt",
    ),
    Client(
        "C-1015", "Pinewood Music School", "en", "Sarah Bennett", "pinewoodmusic.example", BOTH, "frankfurt"
    ),
    Client("C-1016", "Oakley & Finch Interiors", "en", "Oliver Finch", "oakleyfinch.example", MAIL),
    Client(
        "C-1017", "Blue Fern Travel", "en", "Rachel Moore", "bluefern.example", BOTH, "frankfurt", "business"
    ),
    Client("C-1018", "Marlow Dental", "en", "Thomas Hale", "marlowdental.example", MAIL),
    Client("C-1019", "Kite & Anchor Games", "en", "Priya Nair", "kiteanchor.example", WEB, "frankfurt"),
    Client("C-1020", "Rowan Legal", "en", "Helen Rowan", "rowanlegal.example", MAIL, tier="business"),
    Client("C-1021", "Maslinik Brač", "hr", "Ana Jurić", "maslinik-brac.example", BOTH),
    Client(
        "C-1022", "Jadran Čarter", "hr", "Marko Babić", "jadran-carter.example", BOTH, "frankfurt", "business"
    ),
    Client("C-1023", "Pekara Zlatni klas", "hr", "Petra Kovač", "zlatniklas.example", WEB, "frankfurt"),
    Client("C-1024", "Odvjetnici Perić", "hr", "Luka Perić", "peric-odvjetnici.example", MAIL),
    Client("C-1025", "Stolarija Hrast", "hr", "Tomislav Novak", "stolarija-hrast.example", BOTH, "frankfurt"),
    Client("C-1026", "Dječji vrtić Leptirić", "hr", "Ivana Marić", "leptiric.example", MAIL),
    Client("C-1027", "Plava Laguna Ronjenje", "hr", "Nina Šimić", "laguna-ronjenje.example", WEB),
    Client(
        "C-1028",
        "Bodega Sierra Clara",
        "es",
        "Carmen Ortega",
        "sierraclara.example",
        BOTH,
        "frankfurt",
        "business",
    ),
    Client("C-1029", "Clínica Alameda", "es", "Javier Molina", "clinica-alameda.example", MAIL),
    Client("C-1030", "Librería El Faro", "es", "Lucía Navarro", "libreria-elfaro.example", WEB, "frankfurt"),
    Client("C-1031", "Taller Hermanos Vega", "es", "Andrés Vega", "taller-vega.example", BOTH, "frankfurt"),
    Client("C-1032", "Viajes Brújula", "es", "Elena Castro", "viajes-brujula.example", BOTH),
    Client("C-1033", "Gestoría Pardo", "es", "Manuel Pardo", "gestoria-pardo.example", MAIL),
    Client("C-1034", "Flores Azahar", "es", "Rosa Jiménez", "flores-azahar.example", WEB, "frankfurt"),
    Client(
        "C-1035", "Студия «Северный свет»", "ru", "Ольга Миронова", "severny-svet.example", BOTH, "frankfurt"
    ),
    Client("C-1036", "Чайный дом «Лист»", "ru", "Дмитрий Белов", "list-tea.example", BOTH, "frankfurt"),
    Client("C-1037", "Бюро переводов «Слово»", "ru", "Татьяна Егорова", "slovo-translate.example", MAIL),
    Client("C-1038", "Школа шахмат «Ладья»", "ru", "Сергей Власов", "ladya-chess.example", WEB, "frankfurt"),
    Client(
        "C-1039",
        "Турагентство «Компас»",
        "ru",
        "Ирина Соколова",
        "kompas-tour.example",
        BOTH,
        tier="business",
    ),
    Client("C-1040", "Мастерская «Кедр»", "ru", "Алексей Громов", "kedr-wood.example", MAIL),
)
