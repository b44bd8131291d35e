"""HTML answers as mail clients write them, in six languages.

`shown` is what the customer newly wrote, `folded` what lies behind the control; nothing folded, all is shown.
"""

# ruff: noqa: E501 (lines of mails, as long as the clients make them)

from __future__ import annotations

from tests.channels.corpus.case import Case, mail, multipart, text_part

CASES: list[Case] = []

_HELP = "help@harbour.example"
_LINK = f'&lt;<a href="mailto:{_HELP}">{_HELP}</a>&gt;'


def _html(
    name: str, page: str, *, shown: list[str], folded: list[str] | None = None, subject: str = "Re: Mail"
) -> None:
    raw = mail(f"Subject: {subject}", "Content-Type: text/html; charset=utf-8", body=page)
    CASES.append(Case(name, raw, {"shown": shown, "folded": folded or []}))


def _gmail(new: str, attribution: str, old: str, signature: str = "") -> str:
    signed = (
        f'<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" '
        f'class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">{signature}</div></div>'
        if signature
        else ""
    )
    return (
        f'<div dir="ltr"><div>{new}</div>{signed}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{attribution}<br></div><blockquote class="gmail_quote" '
        'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f'<div dir="ltr">{old}</div></blockquote></div>'
    )


def _outlook_desktop(new: str, labels: tuple[str, str, str, str], old: str, date: str) -> str:
    sender, sent, to, subject = labels
    return (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {margin:0cm;"
        "font-size:11.0pt;font-family:'Calibri',sans-serif;}</style></head><body lang=EN-GB link='#0563C1'>"
        f"<div class=WordSection1><p class=MsoNormal>{new}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p>"
        "</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f"<p class=MsoNormal><b><span lang=EN-US>{sender}:</span></b> Harbour {_LINK} <br><b>{sent}:</b> {date}"
        f"<br><b>{to}:</b> Maria<br><b>{subject}:</b> RE: Mail<o:p></o:p></p></div>"
        f"<p class=MsoNormal>{old}<o:p></o:p></p></div></body></html>"
    )


def _outlook_web(new: str, labels: tuple[str, str, str, str], old: str, date: str) -> str:
    sender, sent, to, subject = labels
    return (
        f'<div class="elementToProof">{new}</div><div id="Signature"><p>Peter Marsh<br>Marsh Ltd</p></div>'
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>{sender}:</b> Harbour {_LINK}<br>'
        f"<b>{sent}:</b> {date}<br><b>{to}:</b> Peter<br><b>{subject}:</b> Re: Mail</font><div>&nbsp;</div></div>"
        f"<div>{old}</div>"
    )


def _apple(new: str, attribution: str, old: str) -> str:
    return (
        f'<html><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{new}<br id='
        '"lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>'
        f'{attribution}</div><br class="Apple-interchange-newline"><div><div>{old}</div></div></blockquote>'
        "</div><br></body></html>"
    )


def _iphone(new: str, device: str, attribution: str, old: str) -> str:
    return (
        f'<html><body dir="auto">{new}<br><br><div dir="ltr" id="AppleMailSignature">{device}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">{attribution}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{old}</div></blockquote></body></html>'
    )


def _thunderbird(new: str, attribution: str, old: str, below: str = "") -> str:
    return (
        f"<html><body><p>{new}</p><br><div class='moz-cite-prefix'>{attribution}<br></div>"
        f"<blockquote type='cite' cite='mid:1@x'><p>{old}</p></blockquote>{below}</body></html>"
    )


# --- Gmail ----------------------------------------------------------------------------------------

_html(
    "gmail en with signature",
    _gmail(
        "Still nothing arrives.",
        f"On Mon, Nov 16, 2026 at 10:22 AM Harbour {_LINK} wrote:",
        "Please try again.",
        "Olivia Reed<br>Reed Bakery",
    ),
    shown=["Still nothing arrives."],
    folded=["Please try again.", "Reed Bakery", "wrote:"],
)
_html(
    "gmail el",
    _gmail(
        "Ακόμα δεν έρχεται τίποτα.",
        f"Στις Δευ 16 Νοε 2026 στις 10:22 π.μ., ο/η Harbour {_LINK} έγραψε:",
        "Δοκιμάστε ξανά, παρακαλώ.",
    ),
    shown=["Ακόμα δεν έρχεται τίποτα."],
    folded=["Δοκιμάστε ξανά"],
)
_html(
    "gmail hr",
    _gmail("I dalje ništa.", f"pon, 16. stu 2026. u 10:22 Harbour {_LINK} napisao je:", "Pokušajte ponovno."),
    shown=["I dalje ništa."],
    folded=["Pokušajte ponovno."],
)
_html(
    "gmail es",
    _gmail(
        "Sigue igual.", f"El lun, 16 nov 2026 a las 10:22, Harbour ({_LINK}) escribió:", "Pruebe otra vez."
    ),
    shown=["Sigue igual."],
    folded=["Pruebe otra vez."],
)
_html(
    "gmail ru",
    _gmail("Не помогло.", f"пн, 16 нояб. 2026 г. в 10:22, Harbour {_LINK}:", "Попробуйте ещё раз."),
    shown=["Не помогло."],
    folded=["Попробуйте ещё раз."],
)
_html(
    "gmail de",
    _gmail("Leider nein.", f"Am Mo., 16. Nov. 2026 um 10:22 Uhr schrieb Harbour {_LINK}:", "Bitte nochmals."),
    shown=["Leider nein."],
    folded=["Bitte nochmals."],
)
_html(
    "gmail in a language that nobody here knows",
    _gmail(
        "Hâlâ çalışmıyor.",
        f"Harbour {_LINK}, 16 Kas 2026 Pzt, 10:22 tarihinde şunu yazdı:",
        "Tekrar deneyin.",
    ),
    shown=["Hâlâ çalışmıyor."],
    folded=["Tekrar deneyin."],
)
_html(
    "gmail answers between the lines",
    '<div dir="ltr"><br></div><div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 16, 2026 at 10:22 AM '
    f'Harbour {_LINK} wrote:<br></div><blockquote class="gmail_quote">Which address?</blockquote>'
    '<div>The one for invoices.</div><blockquote class="gmail_quote">Since when?</blockquote>'
    "<div>Since Friday.</div></div>",
    shown=["The one for invoices.", "Since Friday.", "Which address?"],
)
_html(
    "gmail forward",
    '<div dir="ltr">For you.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- '
    f"Forwarded message ---------<br>From: <b>Bank</b> {_LINK}<br>Date: Mon, Nov 16, 2026 at 10:22 AM<br>"
    "Subject: Notice<br>To: Maria<br></div>Your account was closed.</div></div>",
    shown=["For you.", "Your account was closed."],
    subject="Fwd: Notice",
)
_html(
    "gmail answer below the quotation",
    '<div class="gmail_quote"><div class="gmail_attr">El lun, 16 nov 2026 a las 10:22, Harbour escribió:<br></div>'
    '<blockquote class="gmail_quote">¿Qué servidor?</blockquote></div><div dir="ltr">El segundo.</div>',
    shown=["El segundo.", "¿Qué servidor?"],
)

# --- Outlook --------------------------------------------------------------------------------------

_html(
    "outlook desktop en",
    _outlook_desktop(
        "Wrong again.", ("From", "Sent", "To", "Subject"), "Here it is.", "16 November 2026 10:22"
    ),
    shown=["Wrong again."],
    folded=["Here it is.", "From:"],
)
_html(
    "outlook desktop el",
    _outlook_desktop(
        "Πάλι λάθος.", ("Από", "Στάλθηκε", "Προς", "Θέμα"), "Σας το στέλνουμε.", "Δευτέρα, 16 Νοεμβρίου 2026"
    ),
    shown=["Πάλι λάθος."],
    folded=["Σας το στέλνουμε.", "Στάλθηκε:"],
)
_html(
    "outlook desktop hr",
    _outlook_desktop(
        "Opet krivo.", ("Šalje", "Poslano", "Prima", "Predmet"), "Šaljemo ga.", "16. studenoga 2026. 10:22"
    ),
    shown=["Opet krivo."],
    folded=["Šaljemo ga."],
)
_html(
    "outlook desktop ru",
    _outlook_desktop(
        "Опять неверно.", ("От", "Отправлено", "Кому", "Тема"), "Высылаем.", "16 ноября 2026 г. 10:22"
    ),
    shown=["Опять неверно."],
    folded=["Высылаем."],
)
_html(
    "outlook web es with signature",
    _outlook_web(
        "Está mal.", ("De", "Enviado", "Para", "Asunto"), "Se la enviamos.", "lunes, 16 de noviembre de 2026"
    ),
    shown=["Está mal."],
    folded=["Se la enviamos.", "Marsh Ltd", "Enviado:"],
)
_html(
    "outlook web de",
    _outlook_web(
        "Stimmt nicht.", ("Von", "Gesendet", "An", "Betreff"), "Hier ist sie.", "Montag, 16. November 2026"
    ),
    shown=["Stimmt nicht."],
    folded=["Hier ist sie."],
)
_html(
    "outlook web in a language that nobody here knows",
    _outlook_web(
        "Yanlış.", ("Kimden", "Gönderildi", "Kime", "Konu"), "Gönderiyoruz.", "16 Kasım 2026 Pazartesi"
    ),
    shown=["Yanlış."],
    folded=["Gönderiyoruz."],
)
_html(
    "outlook for a phone",
    '<div dir="ltr">Will check tomorrow</div><div id="ms-outlook-mobile-body-separator-line"><br></div>'
    '<div id="ms-outlook-mobile-signature"><div>Get <a href="https://aka.example/x">Outlook for Android</a></div>'
    '</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Harbour<br>'
    "<b>Sent:</b> Monday, November 16, 2026 10:22:31 AM<br><b>To:</b> Peter<br><b>Subject:</b> Backup</div>"
    "<div>Did it run?</div>",
    shown=["Will check tomorrow"],
    folded=["Did it run?", "Outlook for Android"],
)
_html(
    "outlook answers in red",
    _outlook_desktop(
        "Hello,",
        ("From", "Sent", "To", "Subject"),
        "Which address? <span style='color:red'>The one for invoices.</span>",
        "16 November 2026 10:22",
    ),
    shown=["Hello,", "The one for invoices."],
)
_html(
    "outlook says that the answers are below",
    _outlook_desktop(
        "Απαντώ παρακάτω με κόκκινο.",
        ("Από", "Στάλθηκε", "Προς", "Θέμα"),
        "Ποια διεύθυνση; Η δεύτερη.",
        "16 Νοεμβρίου 2026",
    ),
    shown=["Απαντώ παρακάτω", "Η δεύτερη."],
)
_html(
    "outlook forward",
    _outlook_desktop(
        "Please see.", ("From", "Sent", "To", "Subject"), "Your domain expires.", "16 November 2026"
    ),
    shown=["Please see.", "Your domain expires."],
    subject="FW: Your domain",
)

# --- Apple ----------------------------------------------------------------------------------------

_html(
    "apple mail en",
    _apple("Nothing arrives.", f"On 16 Nov 2026, at 10:22, Harbour {_LINK} wrote:", "Which address?"),
    shown=["Nothing arrives."],
    folded=["Which address?"],
)
_html(
    "apple mail de answers between the lines",
    "<html><body><div><blockquote type='cite'><div>Am 16.11.2026 um 10:22 schrieb Harbour:</div><br>"
    "<div>Welche Adresse?</div></blockquote><div><br></div>Die für Rechnungen.<br><blockquote type='cite'>"
    "<div>Seit wann?</div></blockquote>Seit Freitag.</div></body></html>",
    shown=["Die für Rechnungen.", "Seit Freitag.", "Welche Adresse?"],
)
_html(
    "iphone el",
    _iphone(
        "Εντάξει, ευχαριστώ.",
        "Στάλθηκε από το iPhone μου",
        f"Στις 16 Νοε 2026, στις 10:22, ο χρήστης Harbour {_LINK} έγραψε:",
        "Καλέστε μας.",
    ),
    shown=["Εντάξει, ευχαριστώ."],
    folded=["Καλέστε μας.", "iPhone"],
)
_html(
    "iphone hr",
    _iphone(
        "U redu.",
        "Poslano s mog iPhonea",
        "Dana 16.11.2026., u 10:22, Harbour je napisao/la:",
        "Nazovite nas.",
    ),
    shown=["U redu."],
    folded=["Nazovite nas.", "iPhonea"],
)

# --- Thunderbird ----------------------------------------------------------------------------------

_html(
    "thunderbird en",
    _thunderbird("No change.", "On 16/11/2026 10:22, Harbour wrote:", "Any change?"),
    shown=["No change."],
    folded=["Any change?"],
)
_html(
    "thunderbird ru with signature below",
    _thunderbird(
        "Без изменений.",
        "16.11.2026 10:22, Harbour пишет:",
        "Есть изменения?",
        '<pre class="moz-signature" cols="72">-- \nОлег Иванов\nООО Ромашка</pre>',
    ),
    shown=["Без изменений."],
    folded=["Есть изменения?", "ООО Ромашка"],
)
_html(
    "thunderbird es answer below",
    "<html><body><div class='moz-cite-prefix'>El 16/11/2026 a las 10:22, Harbour escribió:<br></div>"
    "<blockquote type='cite'><p>¿Algún cambio?</p></blockquote><p>Ninguno, por desgracia.</p></body></html>",
    shown=["Ninguno, por desgracia.", "¿Algún cambio?"],
)

# --- Yahoo, GMX, Mail.ru, Yandex ------------------------------------------------------------------

_html(
    "yahoo en",
    '<html><body><div class="ydp7c1d5yahoo-style-wrap"><div>No luck.</div><div><br></div></div>'
    '<div id="ydp1f2yahoo_quoted_4711" class="ydp1f2yahoo_quoted"><div>'
    f"<div>On Monday, November 16, 2026 at 10:22:00 AM GMT+1, Harbour {_LINK} wrote: </div><div><br></div>"
    "<div>Please try the other server.</div></div></div></body></html>",
    shown=["No luck."],
    folded=["Please try the other server."],
)
_html(
    "yahoo es on android",
    "<div>Nada.</div><div><br></div><div id='ymail_android_signature'><a href='https://go.example'>Enviado desde "
    "Yahoo Mail con Android</a></div><br><blockquote style='margin:0 0 20px 0;'><div>El lun, 16 nov 2026 a la(s) "
    "10:22, Harbour</div><div>&lt;help@harbour.example&gt; escribió:</div><div>Pruebe el otro.</div></blockquote>",
    shown=["Nada."],
    folded=["Pruebe el otro.", "Enviado desde"],
)
_html(
    "gmx de",
    '<html><body><div style="font-family: Verdana;font-size: 12.0px;"><div>Danke, läuft.</div><div>&nbsp;'
    '<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;">'
    "<div style='margin:0 0 10px 0;'><b>Gesendet:</b>&nbsp;Montag, 16. November 2026 um 10:22 Uhr<br><b>Von:</b>"
    "&nbsp;Harbour<br><b>An:</b>&nbsp;Jonas<br><b>Betreff:</b>&nbsp;Re: Postfach</div>"
    "<div name='quoted-content'>Läuft es wieder?</div></div></div></div></body></html>",
    shown=["Danke, läuft."],
    folded=["Läuft es wieder?", "Gesendet:"],
)
_html(
    "mail.ru",
    "<HTML><BODY><div>Ничего не изменилось.</div><div>&nbsp;</div><div>--<br>Олег Иванов</div><div>&nbsp;</div>"
    '<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 16 ноября '
    f"2026, 10:22 +03:00 от Harbour {_LINK}:<br>&nbsp;<div>Проверьте, пожалуйста.</div></blockquote></BODY></HTML>",
    shown=["Ничего не изменилось."],
    folded=["Проверьте, пожалуйста.", "Олег Иванов"],
)
_html(
    "yandex",
    '<div>Теперь работает, спасибо.</div><div>&nbsp;</div><div>16.11.2026, 10:22, "Harbour" '
    "&lt;help@harbour.example&gt;:</div><blockquote><p>Проверьте, пожалуйста.</p></blockquote>",
    shown=["Теперь работает, спасибо."],
    folded=["Проверьте, пожалуйста."],
)
_html(
    "yandex answer below",
    '<div>16.11.2026, 10:22, "Harbour" &lt;help@harbour.example&gt;:</div><blockquote><p>Проверьте.</p>'
    "</blockquote><div>Проверил, всё так же.</div>",
    shown=["Проверил, всё так же.", "Проверьте."],
)

# --- Phones that mark nothing ---------------------------------------------------------------------

_html(
    "samsung en",
    '<html><body dir="auto"><div dir="auto">It works now.</div><div><br></div><div id="composer_signature" '
    'dir="auto">Sent from my Galaxy</div><div><br></div><div align="left" style="font-size:100%;color:#000000">'
    "<div>-------- Original message --------</div><div>From: Harbour &lt;help@harbour.example&gt; </div>"
    "<div>Date: 16/11/2026  10:22  (GMT+01:00) </div><div>To: Olivia </div><div>Subject: Re: Mail </div>"
    "<div><br></div></div><div>Does it work?</div></body></html>",
    shown=["It works now."],
    folded=["Does it work?", "Galaxy"],
)
_html(
    "samsung ru",
    '<html><body><div dir="auto">Да.</div><br><div>-------- Исходное сообщение --------</div>'
    "<div>От: Harbour</div><div>Дата: 16.11.2026 10:22 (GMT+03:00)</div><div>Кому: Олег</div>"
    "<div>Тема: Визит</div><br><div>Во вторник в девять?</div></body></html>",
    shown=["Да."],
    folded=["Во вторник в девять?"],
)
_html(
    "a phone that sends a header block and no marks",
    "<p>Ja, passt.</p><p>Von meinem Smartphone gesendet</p><p>Von: Harbour<br>Gesendet: Montag, 16. November 2026 "
    "10:22<br>An: Jonas<br>Betreff: Besuch</p><p>Dienstag um neun?</p>",
    shown=["Ja, passt."],
    folded=["Dienstag um neun?"],
)
_html(
    "proton mail",
    '<div style="font-family: Arial;">Thanks.</div><div class="protonmail_signature_block"><div>Sent with '
    'Proton Mail</div></div><div class="protonmail_quote">On Monday, November 16th, 2026 at 10:22 AM, Harbour '
    f'{_LINK} wrote:<br><blockquote class="protonmail_quote" type="cite">You are welcome.</blockquote></div>',
    shown=["Thanks."],
    folded=["You are welcome.", "Proton Mail"],
)

# --- What is no history ---------------------------------------------------------------------------

_html(
    "an indented list of errors",
    "<p>Hello, this is what it says:</p><blockquote>Error 550, mailbox not found</blockquote>",
    shown=["Hello", "Error 550"],
)
_html(
    "a newsletter of tables",
    "<table bgcolor='#eeeeee'><tr><td><h1>News</h1></td></tr><tr><td><p>On Monday we wrote: prices fall.</p>"
    "<p>Read on.</p></td></tr></table>",
    shown=["News", "prices fall", "Read on."],
)
_html(
    "history inside a table of layout",
    "<table width='600'><tr><td><p>Radi, hvala.</p><p>Dana 16.11.2026. u 10:22, Harbour je napisao/la:</p>"
    "<p>Radi li?</p></td></tr><tr><td>Poslovnica Split</td></tr></table>",
    shown=["Radi, hvala."],
    folded=["Radi li?", "Poslovnica Split"],
)
CASES.append(
    Case(
        "both kinds of one answer",
        multipart(
            "alternative",
            text_part(
                "Still nothing.\n\nOn Mon, Nov 16, 2026 at 10:22 AM Harbour <help@harbour.example> wrote:\n> Try."
            ),
            text_part(
                _gmail(
                    "Still <b>nothing</b>.",
                    f"On Mon, Nov 16, 2026 at 10:22 AM Harbour {_LINK} wrote:",
                    "Try.",
                ),
                "html",
            ),
            headers=("Subject: Re: Mail",),
        ),
        {"shown": ["Still"], "folded": ["Try."]},
    )
)
