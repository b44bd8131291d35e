"""What Croatian-speaking customers write."""

from tocsin.command.demo.stories.base import Story, Voice

VOICE = Voice(
    openings=("Poštovani,", "Dobar dan,", "Dobro jutro,", "Pozdrav,", "Lijep pozdrav,"),
    closings=("Srdačan pozdrav,", "Hvala unaprijed,", "Lijep pozdrav,", "S poštovanjem,", "Hvala,"),
    agent_openings=("Poštovani,", "Dobar dan,", "Pozdrav,"),
    thanks=(
        "Radi, hvala vam puno.",
        "Sve je u redu, hvala na brzom odgovoru.",
        "Odlično, možete zatvoriti.",
        "Hvala, sad mi je jasno.",
    ),
    stories={
        "dns": Story(
            ("Promjena DNS-a za {domain}", "A zapis se ne vidi", "Novi zapis za {domain}"),
            (
                "sinoć smo u upravljačkoj ploči promijenili A zapis za {domain}, ali dio kolega i dalje završava na starom "
                "poslužitelju. S mobitela je dobro, iz ureda nije. Jesmo li nešto preskočili?",
                "možete li dodati CNAME shop.{domain} prema pružatelju naše trgovine? Ploča kaže da ime već postoji, a ne "
                "želim nešto pokvariti.",
            ),
            (
                "zona je ispravna i oba naša poslužitelja imena daju novi zapis. Ono što vidite je vrijeme u kojem drugi "
                "pamte stari odgovor, do četiri sata. Do večeras bi svi trebali vidjeti novi.",
                "gotovo. Maknuli smo stari zapis koji je smetao i dodali vaš, s trajanjem od pet minuta, da se iduća "
                "promjena brzo vidi. Molimo provjerite i sa svoje strane.",
            ),
            ("Od kuće radi, ali jedna poslovnica i dalje vidi staru adresu. Možemo li tu nešto?",),
            (
                "Ta poslovnica ima vlastiti resolver. Pomaže ponovno pokretanje usmjerivača ili čekanje do sutra ujutro.",
            ),
        ),
        "client": Story(
            ("Outlook stalno traži lozinku", "Pošta na novom mobitelu", "Thunderbird ne šalje"),
            (
                "od jučer Outlook svakih nekoliko minuta traži lozinku za {box}, a lozinka je dobra i webmail je prihvaća. "
                "Ništa nismo mijenjali.",
                "imam novi mobitel i ne mogu namjestiti {box}. Primanje radi, ali slanje javlja grešku prijave. Koje "
                "poslužitelje i portove trebam upisati?",
            ),
            (
                "upišite imap.{host} s portom 993 i smtp.{host} s portom 465, oba sa SSL/TLS, a kao korisničko ime cijelu "
                "adresu. Treba uključiti i „odlazni poslužitelj traži prijavu”.",
                "vidimo prijave bez šifriranja, koje od ovog mjeseca više ne primamo. Uklonite račun i dodajte ga ponovno s "
                "portom 993 i SSL-om; poruke ostaju na poslužitelju.",
            ),
            ("Hvala, na mobitelu radi. Tablet je stariji, treba li mu još što?",),
            ("Iste postavke. Ako nema TLS 1.2, treba nadograditi sustav, drugi siguran način ne postoji.",),
        ),
        "quota": Story(
            ("Pun sandučić", "{box} je preko granice", "Upozorenje o prostoru"),
            (
                "dobili smo upozorenje da je {box} pun {n} %. Obrisali smo puno poruka, ali broj ne pada. Koliko to traje?",
                "kupci nam javljaju da se poruke na {box} vraćaju s „mailbox full”. Adresa nam je nužna, možete li danas "
                "dati više prostora?",
            ),
            (
                "obrisane poruke ostaju 30 dana u smeću i dotad se broje. Ispraznili smo ga za vas, pa opet ima mjesta. "
                "Najveća je mapa Poslano; vrijedi pogledati stare privitke.",
                "povećali smo granicu za 2 GB, što je uključeno u vaš paket, i pošta opet stiže. Odbijeno treba poslati "
                "ponovno, jer do nas nije ni došlo.",
            ),
        ),
        "ssl": Story(
            ("Upozorenje o certifikatu na {domain}", "Istekao SSL?", "„Nije sigurno” u pregledniku"),
            (
                "posjetitelji stranice https://{domain} od jutros vide upozorenje da veza nije privatna. Mislili smo da se "
                "certifikati obnavljaju sami?",
                "dodali smo www.{domain} kao drugo ime i preglednik kaže da certifikat nije za to ime. Što trebamo učiniti?",
            ),
            (
                "certifikat je nov i vrijedi za ime s www i bez njega. Obnova nije uspjela jer je pravilo u .htaccess "
                "odbilo provjeru; zabilježili smo koji je to redak.",
                "upravo smo izdali novi certifikat. Osvježite stranicu s Ctrl+F5. Odsad se opet obnavlja sam, trideset dana "
                "prije isteka.",
            ),
            ("Upozorenja više nema, ali na nekim se stranicama ne vidi logotip.",),
            (
                "Te su slike u predlošku povezane s http://. Promijenite poveznice u https:// i opet će se vidjeti.",
            ),
        ),
        "invoice": Story(
            ("Pitanje o računu {year}-{n}", "Pogrešan OIB na računu", "Dvostruka naplata?"),
            (
                "na računu {year}-{n} od {amount} EUR još je naša stara adresa. Računovodstvo ga treba s novom. Možete li "
                "poslati ispravljeni?",
                "čini se da nam je ovaj mjesec dvaput naplaćeno {amount} EUR. Možete li provjeriti? Izvadak je u privitku.",
            ),
            (
                "u pravu ste i žao nam je zbog neugodnosti. Ispravljeni dokument je u upravljačkoj ploči pod Naplata, a "
                "stići će i e-poštom unutar sata.",
                "hvala što ste javili. Danas smo to sredili; ako se novac vraća, banci treba tri do pet radnih dana.",
            ),
        ),
        "migration": Story(
            ("Selidba stranice k vama", "Pomoć pri selidbi", "Kada možemo preseliti {domain}?"),
            (
                "željeli bismo preseliti {domain} (WordPress, oko 6 GB sa slikama) od sadašnjeg pružatelja u naš novi paket. "
                "Možete li to vi napraviti i koliko stranica neće raditi?",
                "sami smo prekopirali datoteke za {domain}, ali uvoz baze u ploči staje na 50 MB. Postoji li drugi način?",
            ),
            (
                "rado. Napravite SFTP pristup kod starog pružatelja i upišite ga u ploči pod Selidba, ne e-poštom. Kopiramo "
                "noću i javljamo kad možete isprobati; posjetitelji neće ništa primijetiti.",
                "baza je uvezena iz datoteke koju ste poslali. Provjerite stranicu na adresi za pregled prije nego "
                "prebacimo ime.",
            ),
            ("Pregled izgleda dobro. Možemo li prebaciti {day} navečer?",),
            ("Može, zapisano za 21:00. Javit ćemo kad bude gotovo.",),
        ),
        "php": Story(
            ("PHP verzija za {domain}", "Bijela stranica nakon promjene PHP-a", "Trebamo PHP 8.3"),
            (
                "naš programer kaže da za {domain} trebamo PHP 8.3. U ploči se može odabrati najviše 8.1. Možete li ga "
                "uključiti?",
                "nakon promjene PHP verzije za {domain} stranica je samo bijela. Vratili smo staru, ali zanima nas što "
                "treba učiniti.",
            ),
            (
                "8.3 se sad može odabrati. Jedan vaš dodatak koristi funkciju uklonjenu u verziji 8; ime i redak su u "
                "dnevniku u mapi logs/. Sigurnije je prvo ažurirati taj dodatak.",
                "pogledali smo dnevnik: riječ je o dodatku za slider. S njegovim ažuriranjem stranica radi pod 8.3, "
                "isprobali smo na kopiji.",
            ),
        ),
        "spam": Story(
            ("Puno neželjene pošte od ponedjeljka", "Newsletter završava u spamu", "Lažni računi u pošti"),
            (
                "{box} od ponedjeljka dobiva oko {n} neželjenih poruka dnevno. Može li filtar biti stroži samo za tu adresu?",
                "stižu nam poruke s lažnim računima koje kao da šalje naš direktor. Kolegica je skoro platila. Primjer sa "
                "zaglavljima je u privitku.",
            ),
            (
                "postavili smo filtar za tu adresu na strožu razinu i pokazali mu primjere. Što još prođe, povucite u mapu "
                "Neželjeno, uči iz toga unutar sata.",
                "dolaze izvana s vašim imenom. Vaša domena sada ima DMARC pravilo pa ih poslužitelji mogu odbiti. Molimo "
                "ne klikajte ništa u njima.",
            ),
            ("Danas je puno bolje. Može li se negdje vidjeti što je zadržano?",),
            ("Može, u webmailu pod Karantena. Što tamo pustite, više se ne zadržava.",),
        ),
        "password": Story(
            ("Ne mogu u upravljačku ploču", "Nova lozinka za {box}", "Izgubljen kod za prijavu"),
            (
                "ne mogu se prijaviti u upravljačku ploču, piše da je račun zaključan nakon previše pokušaja. Možete li ga "
                "otključati?",
                "kolega je otišao i ne znamo lozinku za {box}. Moramo doći do poruka. Što trebate od nas?",
            ),
            (
                "poslali smo poveznicu na adresu za upravljanje koju imamo; vrijedi dva sata i njome birate novu lozinku. "
                "Nitko ovdje ne vidi i ne postavlja lozinke umjesto vas.",
                "otključano je. Bilo je {n} pokušaja s jedne adrese iz inozemstva, pa predlažemo prijavu u dva koraka, pod "
                "Sigurnost.",
            ),
        ),
        "slow": Story(
            ("Stranica je jako spora", "{domain} se učitava deset sekundi", "Spora trgovina navečer"),
            (
                "stranice na {domain} od prošlog se tjedna učitavaju osam do deset sekundi, uglavnom navečer. Nismo ništa "
                "mijenjali. Je li poslužitelj preopterećen?",
                "administracija naše trgovine toliko je spora da se jedva može raditi. Sama trgovina je u redu. Mjerenja su "
                "u privitku.",
            ),
            (
                "poslužitelj ima mjesta, ali jedan je robot dohvaćao sve vaše stranice u svim poredcima. Ograničili smo ga "
                "i vremena su opet oko pola sekunde.",
                "najviše vremena odlazi na jedan upit pretrage. S indeksom na toj tablici traje milisekunde; dodali smo ga, "
                "pokušajte ponovno.",
            ),
            ("Bolje je, ali prva stranica ujutro još je spora.",),
            ("To se predmemorija puni iznova. Namjestili smo da se priprema u šest, pa nitko ne čeka.",),
        ),
        "newbox": Story(
            ("Novi sandučić", "Alias za ured", "Prosljeđivanje za vrijeme godišnjeg"),
            (
                "molimo otvorite sandučić za novu kolegicu, {newbox}, iste veličine kao ostali, i neka joj stiže i "
                "office@{domain}.",
                "kako da poruke za {box} za vrijeme mog godišnjeg idu dvoma kolegama, a da ih ja ne izgubim?",
            ),
            (
                "gotovo. Poveznica za prvu lozinku poslana je na vašu adresu za upravljanje.",
                "namješteno je i možete mijenjati pod Pošta, Prosljeđivanje. Kopija ostaje u sandučiću.",
            ),
        ),
        "rejected": Story(
            ("Poruka se vraća: 550", "Naše poruke ne stižu", "Neuspjela dostava jednom kupcu"),
            (
                "ponude jednom velikom kupcu vraćaju se s „550 5.7.1 rejected”. Njihovi informatičari kažu da je do nas. "
                "Cijela poruka je u privitku.",
                "poruke s {box} u zadnje vrijeme završavaju u neželjenoj pošti primatelja. Ne šaljemo newslettere. Kako to "
                "popraviti?",
            ),
            (
                "vaša domena nije imala DKIM ključ za adresu s koje šaljete. Sad ga ima i ista poruka prolazi sve provjere. "
                "Kod velikih pružatelja vidjet će se za nekoliko dana.",
                "odbijanje dolazi od njihova pravila o poveznici u vašem potpisu. S tekstom u nastavku odmah će ga naći; s "
                "naše strane je sve u redu.",
            ),
        ),
        "upgrade": Story(
            ("Veći paket", "Ponuda za više prostora", "Pitanje o poslovnom paketu"),
            (
                "na {n} % smo prostora i pripremamo drugu trgovinu. Koliko stoji idući veći paket i može li se promijeniti "
                "usred godine?",
                "možete li poslati ponudu za 40 sandučića po 10 GB? Sada imamo 25 malih.",
            ),
            (
                "promijeniti možete u bilo kojem trenutku; plaćeno se obračunava po danima. Ponuda je u ploči, vrijedi 30 "
                "dana, s popustom za dugogodišnje korisnike.",
                "rado. Najbolje vam odgovara paket Business: {amount} EUR godišnje s PDV-om. Ako odgovorite „da”, prelazimo "
                "večeras; adrese i lozinke ostaju iste.",
            ),
        ),
        "backup": Story(
            ("Vraćanje datoteke", "Obrisano greškom", "Sigurnosna kopija?"),
            (
                "greškom je obrisana mapa wp-content/uploads/{year} na {domain}. Postoji li kopija? Unutra su sve naše slike.",
                "nakon ažuriranja ne radi trgovina {domain}. Možete li vratiti bazu od prethodne noći? Narudžbi je od tada "
                "malo, unijet ćemo ih ručno.",
            ),
            (
                "vraćeno je iz snimke od 02:00. Ništa što ste mijenjali poslije nije dirano. Možete i sami, pod Datoteke, "
                "Snimke, za zadnjih 14 dana.",
                "vratili smo bazu te noći, a pokvarenu ostavili kao datoteku pokraj. Molimo provjerite trgovinu.",
            ),
        ),
        "domain": Story(
            ("Obnova domene {domain}", "Prijenos domene", "Je li {domain} plaćena?"),
            (
                "stiglo je pismo nepoznate tvrtke koja traži 240 EUR za obnovu {domain}. Je li to stvarno? Mislili smo da to "
                "radite vi.",
                "kupili smo drugu tvrtku i željeli bismo njezinu domenu prenijeti k vama. Što trebate i radi li pošta za to "
                "vrijeme?",
            ),
            (
                "molimo zanemarite to pismo, poznata je prijevara. Vaša se domena kod nas obnavlja sama i plaćena je do "
                "iduće godine.",
                "trebamo autorizacijski kod od sadašnjeg registrara; upišite ga u ploči pod Domene. Pošta i web rade dalje.",
            ),
        ),
        "newsletter": Story(
            ("Sudjelovanje u anketi", "Vaš webinar"),
            (
                "vidjeli smo da tražite korisnike koji bi pričali o svom iskustvu. Rado ćemo sudjelovati ako ne traje dulje "
                "od sata.",
                "hoće li webinar o sigurnosti pošte biti snimljen? Dvoje nas taj dan ne može.",
            ),
            ("puno vam hvala. Poslat ću dva termina i pitanja unaprijed.",),
        ),
    },
    mail_is_down=(
        (
            "Ne primamo e-poštu",
            "već neko vrijeme nije stigla nijedna poruka, a Outlook javlja da se ne može spojiti s "
            "poslužiteljem e-pošte. Je li problem kod vas? Čekamo narudžbe.",
        ),
        (
            "Pošta ne radi",
            "u cijelom uredu ne radi ni slanje ni primanje pošte. I webmail javlja grešku. Kada će pošta opet raditi?",
        ),
        (
            "IMAP ne odgovara",
            "na svim mobitelima i u Thunderbirdu IMAP ne odgovara za {box}. Naš internet je u redu. Znate li za to?",
        ),
        (
            "Sandučić nedostupan",
            "sandučić {box} ne može se otvoriti već četvrt sata. Je li pao poslužitelj pošte?",
        ),
    ),
    site_is_down=(
        (
            "{domain} ne radi",
            "naša web stranica {domain} prikazuje „503 Service Unavailable”. Molimo pomoć, u tijeku je kampanja.",
        ),
        (
            "Stranica se ne učitava",
            "web stranica {domain} ne učitava se već nekoliko minuta ni na jednom uređaju. Je li do poslužitelja?",
        ),
        ("Trgovina nedostupna", "naša trgovina na {domain} nije dostupna i kupci nas zovu. Što se događa?"),
    ),
)
