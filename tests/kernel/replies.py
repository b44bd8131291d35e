"""Replies as mail clients write them. The line ✂ stands where folding must begin."""

REPLIES: dict[str, str] = {}
INLINE: dict[str, str] = {}


def _mail(name: str, text: str) -> None:
    REPLIES[name] = text.strip("\n")


def _inline(name: str, text: str) -> None:
    INLINE[name] = text.strip("\n")


_mail(
    "gmail en",
    """
Still the same here, I tried it twice.

Thanks,
Olivia
✂
On Mon, Nov 16, 2026 at 10:22 AM Harbour Support <help@harbour.example> wrote:

> Hello Olivia,
>
> please restart the router.
""",
)
_mail(
    "gmail en wrapped",
    """
It works now.
✂
On Mon, Nov 16, 2026 at 10:22 AM Harbour Hosting Customer Support Team <
help@harbour.example> wrote:

> Please try again.
""",
)
_mail(
    "gmail en wrapped over three",
    """
It works now.
✂
On Monday, November 16, 2026 at 10:22 AM,
Harbour Hosting Customer Support Team
<help@harbour.example> wrote:
> Please try again.
""",
)
_mail(
    "gmail el",
    """
Καλημέρα, το δοκίμασα και δεν έγινε τίποτα.
✂
Στις Δευ 16 Νοε 2026 στις 10:22 π.μ., ο/η Υποστήριξη <help@harbour.example>
έγραψε:

> Καλημέρα σας,
> δοκιμάστε ξανά.
""",
)
_mail(
    "gmail hr",
    """
I dalje ne radi.
✂
pon, 16. stu 2026. u 10:22 Podrška <help@harbour.example> napisao je:

> Poštovani,
> pokušajte ponovno.
""",
)
_mail(
    "gmail hr dana",
    """
Hvala, sad je u redu.
✂
Dana pon, 16. stu 2026. u 10:22 Podrška <help@harbour.example> napisao/la
je:

> Poštovani,
""",
)
_mail(
    "gmail es",
    """
Sigue igual.
✂
El lun, 16 nov 2026 a las 10:22, Soporte (<help@harbour.example>) escribió:

> Buenos días,
> pruebe otra vez.
""",
)
_mail(
    "gmail ru",
    """
Не помогло.
✂
пн, 16 нояб. 2026 г. в 10:22, Поддержка <help@harbour.example>:

> Здравствуйте,
> попробуйте ещё раз.
""",
)
_mail(
    "gmail de",
    """
Leider nein.
✂
Am Mo., 16. Nov. 2026 um 10:22 Uhr schrieb Support <help@harbour.example>:

> Guten Tag,
> bitte nochmals versuchen.
""",
)
_mail(
    "gmail de wrapped",
    """
Leider nein.
✂
Am Mo., 16. Nov. 2026 um 10:22 Uhr schrieb Harbour Hosting Kundendienst <
help@harbour.example>:

> Guten Tag,
""",
)
_mail(
    "gmail without marks",
    """
Yes please.
✂
On Mon, Nov 16, 2026 at 10:22 AM Harbour Support <help@harbour.example> wrote:

Hello Olivia,
shall we move the domain?
""",
)
_mail(
    "prose directly above",
    """
El servidor no responde.
✂
El lun, 16 nov 2026 a las 10:22, Soporte (<help@harbour.example>) escribió:
> Buenos días,
""",
)
_mail(
    "apple en",
    """
Nothing arrives.

✂
> On 16 Nov 2026, at 10:22, Harbour Support <help@harbour.example> wrote:
> 
> Which address?
""",
)
_mail(
    "apple mac en",
    """
Nothing arrives.
✂

On 16 Nov 2026, at 10:22, Harbour Support <help@harbour.example> wrote:

Which address?
""",
)
_mail(
    "iphone en",
    """
Ok will do
✂

Sent from my iPhone

> On 16 Nov 2026, at 10:22, Harbour Support <help@harbour.example> wrote:
> 
> Please call us.
""",
)
_mail(
    "iphone el",
    """
Εντάξει, ευχαριστώ.
✂

Στάλθηκε από το iPhone μου

> Στις 16 Νοε 2026, στις 10:22, ο χρήστης Υποστήριξη <help@harbour.example> έγραψε:
> 
> Καλέστε μας.
""",
)
_mail(
    "iphone hr",
    """
U redu.
✂

Poslano s mog iPhonea

> Dana 16.11.2026., u 10:22, Podrška <help@harbour.example> je napisao/la:
> 
> Nazovite nas.
""",
)
_mail(
    "iphone es",
    """
De acuerdo.
✂

Enviado desde mi iPhone

> El 16 nov 2026, a las 10:22, Soporte <help@harbour.example> escribió:
> 
> Llámenos.
""",
)
_mail(
    "iphone ru",
    """
Хорошо.
✂

Отправлено с iPhone

> 16 нояб. 2026 г., в 10:22, Поддержка <help@harbour.example> написал(а):
> 
> Позвоните нам.
""",
)
_mail(
    "iphone de",
    """
Mache ich.
✂

Von meinem iPhone gesendet

> Am 16.11.2026 um 10:22 schrieb Support <help@harbour.example>:
> 
> Bitte rufen Sie an.
""",
)
_mail(
    "apple ru without marks",
    """
Всё ещё не открывается.
✂

16 нояб. 2026 г., в 10:22, Поддержка <help@harbour.example> написал(а):

Попробуйте сейчас.
""",
)
_mail(
    "thunderbird en",
    """
No change.
✂

On 16/11/2026 10:22, Harbour Support wrote:
> Any change?
""",
)
_mail(
    "thunderbird el",
    """
Καμία αλλαγή.
✂
Στις 16/11/2026 10:22, ο χρήστης Υποστήριξη έγραψε:
> Άλλαξε κάτι;
""",
)
_mail(
    "thunderbird hr",
    """
Bez promjene.
✂
Dana 16. 11. 2026. u 10:22, Podrška je napisao/la:
> Ima li promjene?
""",
)
_mail(
    "thunderbird es",
    """
Sin cambios.
✂
El 16/11/2026 a las 10:22, Soporte escribió:
> ¿Algún cambio?
""",
)
_mail(
    "thunderbird ru",
    """
Без изменений.
✂
16.11.2026 10:22, Поддержка пишет:
> Есть изменения?
""",
)
_mail(
    "thunderbird de with signature below",
    """
Keine Änderung.
✂
Am 16.11.26 um 10:22 schrieb Support:
> Gibt es eine Änderung?

-- 
Jonas Keller
Keller Holzbau GmbH
""",
)
_mail(
    "outlook en",
    """
The invoice is wrong again.

Regards
Peter
✂

From: Harbour Support <help@harbour.example>
Sent: Monday, November 16, 2026 10:22 AM
To: Peter Marsh <peter@marsh.example>
Cc: accounts@marsh.example
Subject: RE: Invoice 2026-114

Hello Peter,
here is the invoice.
""",
)
_mail(
    "outlook en underscores",
    """
Wrong again.
✂
________________________________
From: Harbour Support <help@harbour.example>
Sent: Monday, November 16, 2026 10:22 AM
To: Peter Marsh
Subject: RE: Invoice

Here it is.
""",
)
_mail(
    "outlook el",
    """
Το τιμολόγιο είναι πάλι λάθος.
✂

Από: Υποστήριξη <help@harbour.example>
Στάλθηκε: Δευτέρα, 16 Νοεμβρίου 2026 10:22 πμ
Προς: Νίκος
Θέμα: ΑΠ: Τιμολόγιο

Σας το στέλνουμε.
""",
)
_mail(
    "outlook hr",
    """
Račun je opet krivi.
✂

Šalje: Podrška <help@harbour.example>
Poslano: ponedjeljak, 16. studenoga 2026. 10:22
Prima: Ivan
Predmet: Re: Račun

Šaljemo ga.
""",
)
_mail(
    "outlook es",
    """
La factura está mal.
✂

De: Soporte <help@harbour.example>
Enviado el: lunes, 16 de noviembre de 2026 10:22
Para: Lucía
Asunto: RE: Factura

Se la enviamos.
""",
)
_mail(
    "outlook ru",
    """
Счёт опять неверный.
✂

От: Поддержка <help@harbour.example>
Отправлено: 16 ноября 2026 г. 10:22
Кому: Олег
Тема: RE: Счёт

Высылаем.
""",
)
_mail(
    "outlook de",
    """
Die Rechnung stimmt nicht.
✂

Von: Support <help@harbour.example>
Gesendet: Montag, 16. November 2026 10:22
An: Jonas Keller
Betreff: AW: Rechnung

Hier ist sie.
""",
)
_mail(
    "outlook bold labels",
    """
Wrong again.
✂

*From:* Harbour Support <help@harbour.example>
*Sent:* Monday, November 16, 2026 10:22 AM
*To:* Peter Marsh
*Subject:* RE: Invoice

Here it is.
""",
)
_mail(
    "outlook phone",
    """
Will check tomorrow
✂

Get Outlook for iOS<https://outlook.example/ios>
________________________________
From: Harbour Support <help@harbour.example>
Sent: Monday, November 16, 2026 10:22:31 AM
To: Peter Marsh <peter@marsh.example>
Subject: Re: Backup

Did it run?
""",
)
_mail(
    "old outlook en",
    """
See you then.
✂
-----Original Message-----
From: Harbour Support
Sent: Monday, November 16, 2026 10:22 AM
To: Peter
Subject: Visit

Tuesday at nine?
""",
)
_mail(
    "original el",
    """
Ναι, εντάξει.
✂
-----Αρχικό μήνυμα-----
Από: Υποστήριξη
Αποστολή: 16 Νοε 2026
Προς: Νίκος

Τρίτη στις εννέα;
""",
)
_mail(
    "original hr",
    """
Može.
✂
-----Izvorna poruka-----
Utorak u devet?
""",
)
_mail(
    "original es",
    """
Vale.
✂
-----Mensaje original-----
De: Soporte
¿El martes a las nueve?
""",
)
_mail(
    "original ru samsung",
    """
Да.
✂
-------- Исходное сообщение --------
От: Поддержка <help@harbour.example>
Дата: 16.11.2026 10:22 (GMT+03:00)
Кому: Олег
Тема: Визит

Во вторник в девять?
""",
)
_mail(
    "original de",
    """
Ja, passt.
✂
-----Ursprüngliche Nachricht-----
Dienstag um neun?
""",
)
_mail(
    "mail.ru",
    """
Ничего не изменилось.
✂
Понедельник, 16 ноября 2026, 10:22 +03:00 от Поддержка <help@harbour.example>:
 
Проверьте, пожалуйста.
""",
)
_mail(
    "yandex",
    """
Теперь работает, спасибо.
✂

16.11.2026, 10:22, "Поддержка" <help@harbour.example>:

> Проверьте, пожалуйста.
""",
)
_mail(
    "yandex without marks",
    """
Теперь работает, спасибо.
✂

16.11.2026, 10:22, "Поддержка" <help@harbour.example>:

Проверьте, пожалуйста.
""",
)
_mail(
    "the bat",
    """
Нет, не приходит.
✂
Понедельник, 16 ноября 2026 г., 10:22:00, Вы писали:

ПХ> Приходит ли почта?
""",
)
_mail(
    "gmx",
    """
Danke, läuft.
✂

Gesendet: Montag, 16. November 2026 um 10:22 Uhr
Von: "Harbour Support" <help@harbour.example>
An: "Jonas Keller" <jonas@keller.example>
Betreff: Re: Postfach
Läuft es wieder?
""",
)
_mail(
    "yahoo en",
    """
No luck.
✂
    On Monday, November 16, 2026 at 10:22:00 AM GMT+1, Harbour Support <help@harbour.example> wrote:  
 
 Please try the other server.
""",
)
_mail(
    "yahoo es",
    """
Nada.
✂
 El lunes, 16 de noviembre de 2026, 10:22:00 CET, Soporte <help@harbour.example> escribió:  

 Pruebe el otro servidor.
""",
)
_mail(
    "yahoo el",
    """
Τίποτα.
✂
Στις Δευτέρα 16 Νοεμβρίου 2026 στις 10:22:00 π.μ. EET, ο χρήστης Υποστήριξη <help@harbour.example> έγραψε:

Δοκιμάστε τον άλλον διακομιστή.
""",
)
_mail(
    "yahoo de",
    """
Nichts.
✂
Am Montag, 16. November 2026 um 10:22:00 MEZ hat Support <help@harbour.example> Folgendes geschrieben:

Versuchen Sie den anderen Server.
""",
)
_mail(
    "name first",
    """
Gern.
✂
Harbour Support <help@harbour.example> schrieb am Mo., 16. Nov. 2026, 10:22:

> Dürfen wir neu starten?
""",
)
_mail(
    "android el",
    """
Δεν ανοίγει.
✂
Εστάλη από το κινητό μου Galaxy
""",
)
_mail(
    "first mail with signature",
    """
Hello,
the shop shows error 500 since this morning.
✂
-- 
Olivia Grant
Grant & Daughters
Tel. 555 0100
""",
)
_mail(
    "signature above history",
    """
Προσπαθώ ακόμη.
✂
-- 
Νίκος Ρήγας

Στις 16/11/2026 10:22, ο χρήστης Υποστήριξη έγραψε:
> Έγινε;
""",
)
_mail(
    "quotes without attribution",
    """
Yes, both of them.
✂
> Do both addresses fail?
""",
)
_mail(
    "zoho",
    """
Fine now.
✂
---- On Mon, 16 Nov 2026 10:22:00 +0100 Harbour Support <help@harbour.example> wrote ---

Is it fine now?
""",
)
_mail(
    "windows line ends, nested",
    """
Ok.
✂
On Mon, Nov 16, 2026 at 10:22 AM Harbour Support <help@harbour.example> wrote:
> Fixed.
>
> On Mon, Nov 16, 2026 at 9:02 AM Olivia <olivia@grant.example> wrote:
>> Broken.
""".replace("\n", "\r\n").replace("\r\n✂\r\n", "\n✂\n"),
)

_mail(
    "gmail hr, woman",
    """
Sad radi, hvala.
✂
ned, 15. stu 2026. u 22:10 Podrška <help@harbour.example> napisala je:

> Pokušajte sad.
""",
)
_mail(
    "gmail es, older",
    """
No llega nada.
✂
El lun., 16 nov. 2026 10:22, Soporte <help@harbour.example> escribió:

> ¿Llega algo?
""",
)
_mail(
    "apple es, latin america",
    """
No llega nada.
✂

El 16 nov. 2026, a la(s) 10:22\u202fa. m., Soporte <help@harbour.example> escribió:

¿Llega algo?
""",
)
_mail(
    "outlook es, older",
    """
Adjunto la foto.
✂

De: Soporte [mailto:help@harbour.example]
Enviado el: lunes, 16 de noviembre de 2026 10:22
Para: 'Lucía'
Asunto: RE: Foto

¿Puede enviarla?
""",
)
_mail(
    "outlook hr, other words",
    """
Šaljem sliku.
✂

Od: Podrška <help@harbour.example>
Poslano: 16. studenoga 2026. 10:22
Za: Ivan
Predmet: Slika

Možete li je poslati?
""",
)
_mail(
    "windows mail en",
    """
Both.
✂

Sent from Mail for Windows

From: Harbour Support
Sent: Monday, November 16, 2026 10:22 AM
To: Peter
Subject: Which

Which one?
""",
)
_mail(
    "windows mail ru",
    """
Оба.
✂

Отправлено из Почты для Windows

От: Поддержка
Отправлено: понедельник, 16 ноября 2026 г. 10:22
Кому: Олег
Тема: Какой

Какой из двух?
""",
)
_mail(
    "outlook android de",
    """
Beide.
✂

Gesendet von Outlook für Android
________________________________
Von: Support <help@harbour.example>
Gesendet: Montag, November 16, 2026 10:22:11 AM
An: Jonas
Betreff: Welche

Welche?
""",
)
_mail(
    "outlook android el",
    """
Και τα δύο.
✂

Αποστολή από το Outlook για Android
________________________________
Από: Υποστήριξη <help@harbour.example>
Στάλθηκε: Δευτέρα, 16 Νοεμβρίου 2026 10:22:11 π.μ.
Προς: Νίκος
Θέμα: Ποιο

Ποιο από τα δύο;
""",
)
_mail(
    "roundcube en",
    """
Both.
✂

On 2026-11-16 10:22, Support wrote:
> Which one?
""",
)
_mail(
    "roundcube ru",
    """
Оба.
✂

Поддержка писал 2026-11-16 10:22:
> Какой?
""",
)
_mail(
    "roundcube de",
    """
Beide.
✂

Am 2026-11-16 10:22, schrieb Support:
> Welche?
""",
)
_mail(
    "proton en",
    """
Both.
✂

Sent with Proton Mail secure email.

On Monday, November 16th, 2026 at 10:22 AM, Support <help@harbour.example> wrote:

> Which one?
""",
)
_mail(
    "yandex app",
    """
Оба.
✂

-- 
Отправлено из мобильного приложения Яндекс Почты

16.11.2026, 10:22, Поддержка <help@harbour.example>:

> Какой?
""",
)
_mail(
    "gmail fr",
    """
Les deux.
✂
Le lun. 16 nov. 2026 à 10:22, Support <help@harbour.example> a écrit :

> Lequel ?
""",
)

_inline(
    "between the quotes",
    """
On Mon, Nov 16, 2026 at 10:22 AM Harbour Support <help@harbour.example> wrote:

> Which browser?

Firefox.

> Since when?

Yesterday.
""",
)
_inline(
    "below the quote",
    """
> Which browser do you use?

Firefox, on both machines.
-- 
Olivia
""",
)
_inline(
    "greeting, then between",
    """
Καλημέρα, απαντώ:

Στις 16/11/2026 10:22, ο χρήστης Υποστήριξη έγραψε:
> Από πότε;
Από χθες.
> Σε ποιον υπολογιστή;
Σε όλους.
""",
)
_inline(
    "announced in outlook",
    """
Meine Antworten stehen unten im Text, in rot.

Von: Support <help@harbour.example>
Gesendet: Montag, 16. November 2026 10:22
An: Jonas Keller
Betreff: AW: Umzug

Wann soll der Umzug sein? Am Freitag.
""",
)
_inline(
    "announced in spanish",
    """
Le respondo más abajo.

De: Soporte <help@harbour.example>
Enviado: lunes, 16 de noviembre de 2026 10:22
Para: Lucía
Asunto: RE: Traslado

¿Cuándo? El viernes.
""",
)
_inline(
    "original message with quoted lines",
    """
-----Original Message-----
From: Harbour Support
Sent: Monday
To: Peter

> Which one?
The second.
""",
)
_inline(
    "forwarded",
    """
Please look at this, it came this morning.

---------- Forwarded message ---------
From: Bank <news@bank.example>
Date: Mon, 16 Nov 2026 at 10:22
Subject: Your account
To: <olivia@grant.example>

Your account is closed.
""",
)
_inline(
    "forwarded by apple, ru",
    """
Что это?

Начало переадресованного сообщения:

От: Банк <news@bank.example>
Тема: Счёт
Дата: 16 ноября 2026 г.

Ваш счёт закрыт.
""",
)
_inline(
    "nothing but history",
    """
On Mon, Nov 16, 2026 at 10:22 AM Harbour Support <help@harbour.example> wrote:

> Hello
""",
)
_inline(
    "prose that mentions writing",
    """
On Monday your colleague wrote:
restart the router. I did, and at 10:22 it failed again.
On the phone he said: wait.
""",
)
_inline(
    "dashes and colons in prose",
    """
Two things:
--------
From my side: nothing changed.
To me it looks like: a broken disk.
Sent from my account were 20 spam mails, see the list:
mail.log
""",
)
_inline(
    "the source of a mail, pasted",
    """
This is the spam I get:

From: Bank <news@bank.example>
To: olivia@grant.example
Subject: Your account
Message-ID: <1@bank.example>
Date: Mon, 16 Nov 2026 10:22:00 +0100

Your account is closed.
""",
)
