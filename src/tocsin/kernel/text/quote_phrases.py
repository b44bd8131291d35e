"""What mail clients write around the mail they quote, by language. All phrases are folded (see `fold`)."""

import re

# Attribution lines: "On … NAME wrote:".
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|geschrieben|escribio|escribe|ha escrito"
    r"|a ecrit|ha scritto|escreveu|schreef"
    r"|napisao|napisala|pise|napisal|zapisal|εγραψε|εγραψαν|γραφει|пишет|писал|писала|писали|написал|написала|пишете)\b"
)
_OPENING_WORDS = (
    r"on|am|op|el|le|il|em|dana|dne|u|στισ|στην|στη|την|τη|το|ο χρηστησ|от|в|le|w dniu"
    r"|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mie|jue|vie|sab|dom|pon|uto|sri|cet|pet|sub|ned"
    r"|δευ|τρι|τετ|πεμ|παρ|σαβ|κυρ|пн|вт|ср|чт|пт|сб|вс"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
    r"|ponedjeljak|utorak|srijeda|cetvrtak|petak|subota|nedjelja"
    r"|δευτερα|τριτη|τεταρτη|πεμπτη|παρασκευη|σαββατο|κυριακη"
    r"|понедельник|вторник|среда|среду|четверг|пятница|пятницу|суббота|субботу|воскресенье"
)
ATTRIBUTION_OPENING = re.compile(rf"[-*\s]{{0,6}}(?:(?:{_OPENING_WORDS})\b|\d{{1,2}}[./ -]|\d{{4}}[-./])")
YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b")
TIME_OF_DAY = re.compile(r"\b\d{1,2}:\d\d\b")
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}")

# The header block that Outlook, GMX and others put over a quoted mail: label → what it stands for.
_LABELS_BY_ROLE = {
    "from": ("from", "von", "απο", "salje", "od", "posiljatelj", "de", "от", "от кого", "da", "van"),
    "sent": (
        "sent", "date", "gesendet", "gesendet am", "datum", "σταλθηκε", "ημερομηνια", "αποστολη", "poslano",
        "enviado", "enviado el", "enviado em", "enviada", "fecha", "отправлено", "дата", "inviato", "envoye",
        "verzonden",
    ),
    "to": ("to", "an", "προσ", "prima", "za", "primatelj", "para", "кому", "a", "aan"),
    "cc": ("cc", "kopie", "κοιν", "κοιν.", "κοινοποιηση", "kopija", "копия"),
    "subject": ("subject", "betreff", "θεμα", "predmet", "naslov", "asunto", "тема", "oggetto", "objet"),
}  # fmt: skip
HEADER_LABELS: dict[str, str] = {label: role for role, labels in _LABELS_BY_ROLE.items() for label in labels}

# "-----Original Message-----" starts history; "Forwarded message" starts what the customer wants us to read.
ORIGINAL_MESSAGE = frozenset({
    "original message", "original email", "reply message", "original-nachricht", "originalnachricht",
    "ursprungliche nachricht", "urspruengliche nachricht", "αρχικο μηνυμα", "πρωτοτυπο μηνυμα",
    "izvorna poruka", "originalna poruka", "mensaje original", "исходное сообщение", "оригинальное сообщение",
    "message d'origine", "messaggio originale", "mensagem original", "quoted message", "citirana poruka",
})  # fmt: skip
FORWARDED_MESSAGE = frozenset({
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "προωθημενο μηνυμα", "εναρξη προωθημενου μηνυματοσ",
    "proslijedena poruka", "pocetak proslijedene poruke", "mensaje reenviado",
    "inicio del mensaje reenviado", "пересылаемое сообщение", "пересланное сообщение",
    "начало переадресованного сообщения", "начало пересылаемого сообщения",
})  # fmt: skip

# What mail clients put before the subject of a mail that is sent on.
FORWARDING_SUBJECT = re.compile(
    r"\s*(?:\[[^\[\]:]{1,60}\]\s*)*\[?(?:fwd?|wg|weitergeleitet|πρθ|πρωθ|προωθ\w*|rv|reenv\w*|enc"
    r"|prosl|proslijedeno|пересл\w*|tr|i)\.?\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\]?\s?[:：]"
)

# What phones and apps add under a mail.
SENT_FROM_DEVICE = re.compile(
    r"(?:sent (?:from|via|with|using) |get outlook for |sent securely |"
    r"(?:σταλθηκε|αποσταλθηκε|αποστολη|εσταλη|απεσταλη) (?:απο"
    r"|με|μεσω) |ληψη του outlook |αποκτηστε το outlook |"
    r"poslano (?:s|sa|iz|putem|pomocu) |preuzmite outlook |nabavite outlook |"
    r"enviado (?:desde|con|mediante) |obtener outlook |descargar outlook |"
    r"отправлено (?:с|со|из|от|через) |получить outlook |скачать outlook |послано с |"
    r"(?:von meinem|von meiner|vom) .{1,40} (?:gesendet|verschickt)|gesendet (?:von|mit|uber) |"
    r"diese nachricht wurde von mein|holen sie sich outlook |outlook fur (?:ios|android)|"
    r"envoye (?:de|depuis) |inviato da )"
)

# "See my answers below": then the history holds the answer.
ANSWERS_WITHIN = re.compile(
    r"\binline\b"
    r"|(?:answers?|answered|replies|reply|comments?|see) (?:are )?(?:inline|below|in red|in blue|in the text)"
    r"|(?:απαντησεισ|απαντω|σχολια) .{0,25}(?:παρακατω|κατωθι|ενδιαμεσα|με κοκκινο|μεσα στο)"
    r"|odgov\w+ .{0,25}(?:u tekstu|ispod|dolje|nize|crven)"
    r"|(?:respond|respuesta|contest|comentario)\w* .{0,25}(?:abajo|en el texto|entre lineas|en rojo|debajo)"
    r"|(?:ответ|отвеча|комментари)\w* .{0,25}(?:ниже|в тексте|внутри|красным)"
    r"|(?:antwort|kommentar|anmerkung)\w* .{0,25}(?:unten|im text|rot|zwischen)|siehe unten"
)
