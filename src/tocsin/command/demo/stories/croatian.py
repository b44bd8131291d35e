"""What Croatian-speaking customers write."""

from tocsin.command.demo.stories.base import Exchange, Voice

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
        "dns": (
            Exchange(
                ("Promjena DNS-a za {domain}", "A zapis se ne vidi"),
                "sinoć smo u upravljačkoj ploči promijenili A zapis za {domain}, ali dio kolega i "
                "dalje završava na starom poslužitelju. S mobitela je dobro, iz ureda nije. Jesmo li "
                "nešto preskočili?",
                "zona je ispravna i oba naša poslužitelja imena daju novi zapis. Ono što vidite je "
                "vrijeme u kojem drugi pamte stari odgovor, do četiri sata. Do večeras bi svi trebali "
                "vidjeti novi.",
                more=("Od kuće radi, ali jedna poslovnica i dalje vidi staru adresu. Možemo li tu nešto?"),
                then=(
                    "Ta poslovnica ima vlastiti resolver. Pomaže ponovno pokretanje usmjerivača ili "
                    "čekanje do sutra ujutro."
                ),
            ),
            Exchange(
                ("Promjena DNS-a za {domain}", "Novi zapis za {domain}"),
                "možete li dodati CNAME shop.{domain} prema pružatelju naše trgovine? Ploča kaže da "
                "ime već postoji, a ne želim nešto pokvariti.",
                "gotovo. Maknuli smo stari zapis koji je smetao i dodali vaš, s trajanjem od pet "
                "minuta, da se iduća promjena brzo vidi. Molimo provjerite i sa svoje strane.",
            ),
        ),
        "client": (
            Exchange(
                ("Outlook stalno traži lozinku",),
                "od jučer Outlook svakih nekoliko minuta traži lozinku za {box}, a lozinka je dobra i "
                "webmail je prihvaća. Ništa nismo mijenjali.",
                "vidimo prijave bez šifriranja, koje od ovog mjeseca više ne primamo. Uklonite račun i "
                "dodajte ga ponovno s portom 993 i SSL-om; poruke ostaju na poslužitelju.",
            ),
            Exchange(
                ("Pošta na novom mobitelu", "Thunderbird ne šalje"),
                "imam novi mobitel i ne mogu namjestiti {box}. Primanje radi, ali slanje javlja grešku "
                "prijave. Koje poslužitelje i portove trebam upisati?",
                "upišite imap.{host} s portom 993 i smtp.{host} s portom 465, oba sa SSL/TLS, a kao "
                "korisničko ime cijelu adresu. Treba uključiti i „odlazni poslužitelj traži prijavu”.",
                more="Hvala, na mobitelu radi. Tablet je stariji, treba li mu još što?",
                then=(
                    "Iste postavke. Ako nema TLS 1.2, treba nadograditi sustav, drugi siguran način ne "
                    "postoji."
                ),
            ),
        ),
        "quota": (
            Exchange(
                ("Pun sandučić", "Upozorenje o prostoru"),
                "dobili smo upozorenje da je {box} pun {n} %. Obrisali smo puno poruka, ali broj ne "
                "pada. Koliko to traje?",
                "obrisane poruke ostaju 30 dana u smeću i dotad se broje. Ispraznili smo ga za vas, pa "
                "opet ima mjesta. Najveća je mapa Poslano; vrijedi pogledati stare privitke.",
            ),
            Exchange(
                ("Pun sandučić", "{box} je preko granice"),
                "kupci nam javljaju da se poruke na {box} vraćaju s „mailbox full”. Adresa nam je "
                "nužna, možete li danas dati više prostora?",
                "povećali smo granicu za 2 GB, što je uključeno u vaš paket, i pošta opet stiže. "
                "Odbijeno treba poslati ponovno, jer do nas nije ni došlo.",
            ),
        ),
        "ssl": (
            Exchange(
                ("Upozorenje o certifikatu na {domain}", "Istekao SSL?"),
                "posjetitelji stranice https://{domain} od jutros vide upozorenje da veza nije "
                "privatna. Mislili smo da se certifikati obnavljaju sami?",
                "certifikat je nov i vrijedi za ime s www i bez njega. Obnova nije uspjela jer je "
                "pravilo u .htaccess odbilo provjeru; zabilježili smo koji je to redak.",
                more="Upozorenja više nema, ali na nekim se stranicama ne vidi logotip.",
                then=(
                    "Te su slike u predlošku povezane s http://. Promijenite poveznice u https:// i "
                    "opet će se vidjeti."
                ),
            ),
            Exchange(
                ("„Nije sigurno” u pregledniku",),
                "dodali smo www.{domain} kao drugo ime i preglednik kaže da certifikat nije za to ime. "
                "Što trebamo učiniti?",
                "upravo smo izdali novi certifikat. Osvježite stranicu s Ctrl+F5. Odsad se opet "
                "obnavlja sam, trideset dana prije isteka.",
            ),
        ),
        "invoice": (
            Exchange(
                ("Pitanje o računu {year}-{n}",),
                "na računu {year}-{n} od {amount} EUR još je naša stara adresa. Računovodstvo ga treba "
                "s novom. Možete li poslati ispravljeni?",
                "u pravu ste i žao nam je zbog neugodnosti. Ispravljeni dokument je u upravljačkoj "
                "ploči pod Naplata, a stići će i e-poštom unutar sata.",
            ),
            Exchange(
                ("Dvostruka naplata?",),
                "čini se da nam je ovaj mjesec dvaput naplaćeno {amount} EUR. Možete li provjeriti? "
                "Izvadak je u privitku.",
                "hvala što ste javili. Danas smo to sredili; ako se novac vraća, banci treba tri do "
                "pet radnih dana.",
            ),
        ),
        "migration": (
            Exchange(
                ("Selidba stranice k vama", "Kada možemo preseliti {domain}?"),
                "željeli bismo preseliti {domain} (WordPress, oko 6 GB sa slikama) od sadašnjeg "
                "pružatelja u naš novi paket. Možete li to vi napraviti i koliko stranica neće raditi?",
                "rado. Napravite SFTP pristup kod starog pružatelja i upišite ga u ploči pod Selidba, "
                "ne e-poštom. Kopiramo noću i javljamo kad možete isprobati; posjetitelji neće ništa "
                "primijetiti.",
            ),
            Exchange(
                ("Pomoć pri selidbi",),
                "sami smo prekopirali datoteke za {domain}, ali uvoz baze u ploči staje na 50 MB. "
                "Postoji li drugi način?",
                "baza je uvezena iz datoteke koju ste poslali. Provjerite stranicu na adresi za "
                "pregled prije nego prebacimo ime.",
                more="Pregled izgleda dobro. Možemo li prebaciti {day} navečer?",
                then="Može, zapisano za 21:00. Javit ćemo kad bude gotovo.",
            ),
        ),
        "php": (
            Exchange(
                ("PHP verzija za {domain}", "Trebamo PHP 8.3"),
                "naš programer kaže da za {domain} trebamo PHP 8.3. U ploči se može odabrati najviše "
                "8.1. Možete li ga uključiti?",
                "8.3 se sad može odabrati. Jedan vaš dodatak koristi funkciju uklonjenu u verziji 8; "
                "ime i redak su u dnevniku u mapi logs/. Sigurnije je prvo ažurirati taj dodatak.",
            ),
            Exchange(
                ("Bijela stranica nakon promjene PHP-a",),
                "nakon promjene PHP verzije za {domain} stranica je samo bijela. Vratili smo staru, "
                "ali zanima nas što treba učiniti.",
                "pogledali smo dnevnik: riječ je o dodatku za slider. S njegovim ažuriranjem stranica "
                "radi pod 8.3, isprobali smo na kopiji.",
            ),
        ),
        "spam": (
            Exchange(
                ("Puno neželjene pošte od ponedjeljka",),
                "{box} od ponedjeljka dobiva oko {n} neželjenih poruka dnevno. Može li filtar biti "
                "stroži samo za tu adresu?",
                "postavili smo filtar za tu adresu na strožu razinu i pokazali mu primjere. Što još "
                "prođe, povucite u mapu Neželjeno, uči iz toga unutar sata.",
                more="Danas je puno bolje. Može li se negdje vidjeti što je zadržano?",
                then="Može, u webmailu pod Karantena. Što tamo pustite, više se ne zadržava.",
            ),
            Exchange(
                ("Lažni računi u pošti",),
                "stižu nam poruke s lažnim računima koje kao da šalje naš direktor. Kolegica je skoro "
                "platila. Primjer sa zaglavljima je u privitku.",
                "dolaze izvana s vašim imenom. Vaša domena sada ima DMARC pravilo pa ih poslužitelji "
                "mogu odbiti. Molimo ne klikajte ništa u njima.",
            ),
        ),
        "password": (
            Exchange(
                ("Ne mogu u upravljačku ploču",),
                "ne mogu se prijaviti u upravljačku ploču, piše da je račun zaključan nakon previše "
                "pokušaja. Možete li ga otključati?",
                "otključano je. Bilo je {n} pokušaja s jedne adrese iz inozemstva, pa predlažemo "
                "prijavu u dva koraka, pod Sigurnost.",
            ),
            Exchange(
                ("Nova lozinka za {box}",),
                "kolega je otišao i ne znamo lozinku za {box}. Moramo doći do poruka. Što trebate od nas?",
                "poslali smo poveznicu na adresu za upravljanje koju imamo; vrijedi dva sata i njome "
                "birate novu lozinku. Nitko ovdje ne vidi i ne postavlja lozinke umjesto vas.",
            ),
        ),
        "slow": (
            Exchange(
                ("Stranica je jako spora", "{domain} se učitava deset sekundi"),
                "stranice na {domain} od prošlog se tjedna učitavaju osam do deset sekundi, uglavnom "
                "navečer. Nismo ništa mijenjali. Je li poslužitelj preopterećen?",
                "poslužitelj ima mjesta, ali jedan je robot dohvaćao sve vaše stranice u svim "
                "poredcima. Ograničili smo ga i vremena su opet oko pola sekunde.",
                more="Bolje je, ali prva stranica ujutro još je spora.",
                then=(
                    "To se predmemorija puni iznova. Namjestili smo da se priprema u šest, pa nitko ne čeka."
                ),
            ),
            Exchange(
                ("Stranica je jako spora",),
                "administracija naše trgovine toliko je spora da se jedva može raditi. Sama trgovina "
                "je u redu. Mjerenja su u privitku.",
                "najviše vremena odlazi na jedan upit pretrage. S indeksom na toj tablici traje "
                "milisekunde; dodali smo ga, pokušajte ponovno.",
            ),
        ),
        "newbox": (
            Exchange(
                ("Novi sandučić", "Alias za ured"),
                "molimo otvorite sandučić za novu kolegicu, {newbox}, iste veličine kao ostali, i neka "
                "joj stiže i office@{domain}.",
                "gotovo. Poveznica za prvu lozinku poslana je na vašu adresu za upravljanje.",
            ),
            Exchange(
                ("Prosljeđivanje za vrijeme godišnjeg",),
                "kako da poruke za {box} za vrijeme mog godišnjeg idu dvoma kolegama, a da ih ja ne izgubim?",
                "namješteno je i možete mijenjati pod Pošta, Prosljeđivanje. Kopija ostaje u sandučiću.",
            ),
        ),
        "rejected": (
            Exchange(
                ("Poruka se vraća: 550", "Neuspjela dostava jednom kupcu"),
                "ponude jednom velikom kupcu vraćaju se s „550 5.7.1 rejected”. Njihovi informatičari "
                "kažu da je do nas. Cijela poruka je u privitku.",
                "odbijanje dolazi od njihova pravila o poveznici u vašem potpisu. S tekstom u nastavku "
                "odmah će ga naći; s naše strane je sve u redu.",
            ),
            Exchange(
                ("Naše poruke ne stižu",),
                "poruke s {box} u zadnje vrijeme završavaju u neželjenoj pošti primatelja. Ne šaljemo "
                "newslettere. Kako to popraviti?",
                "vaša domena nije imala DKIM ključ za adresu s koje šaljete. Sad ga ima i ista poruka "
                "prolazi sve provjere. Kod velikih pružatelja vidjet će se za nekoliko dana.",
            ),
        ),
        "upgrade": (
            Exchange(
                ("Veći paket", "Pitanje o poslovnom paketu"),
                "na {n} % smo prostora i pripremamo drugu trgovinu. Koliko stoji idući veći paket i "
                "može li se promijeniti usred godine?",
                "promijeniti možete u bilo kojem trenutku; plaćeno se obračunava po danima. Ponuda je "
                "u ploči, vrijedi 30 dana, s popustom za dugogodišnje korisnike.",
            ),
            Exchange(
                ("Ponuda za više prostora",),
                "možete li poslati ponudu za 40 sandučića po 10 GB? Sada imamo 25 malih.",
                "rado. Najbolje vam odgovara paket Business: {amount} EUR godišnje s PDV-om. Ako "
                "odgovorite „da”, prelazimo večeras; adrese i lozinke ostaju iste.",
            ),
        ),
        "backup": (
            Exchange(
                ("Vraćanje datoteke", "Obrisano greškom"),
                "greškom je obrisana mapa wp-content/uploads/{year} na {domain}. Postoji li kopija? "
                "Unutra su sve naše slike.",
                "vraćeno je iz snimke od 02:00. Ništa što ste mijenjali poslije nije dirano. Možete i "
                "sami, pod Datoteke, Snimke, za zadnjih 14 dana.",
            ),
            Exchange(
                ("Sigurnosna kopija?",),
                "nakon ažuriranja ne radi trgovina {domain}. Možete li vratiti bazu od prethodne noći? "
                "Narudžbi je od tada malo, unijet ćemo ih ručno.",
                "vratili smo bazu te noći, a pokvarenu ostavili kao datoteku pokraj. Molimo provjerite "
                "trgovinu.",
            ),
        ),
        "domain": (
            Exchange(
                ("Obnova domene {domain}", "Je li {domain} plaćena?"),
                "stiglo je pismo nepoznate tvrtke koja traži 240 EUR za obnovu {domain}. Je li to "
                "stvarno? Mislili smo da to radite vi.",
                "molimo zanemarite to pismo, poznata je prijevara. Vaša se domena kod nas obnavlja "
                "sama i plaćena je do iduće godine.",
            ),
            Exchange(
                ("Prijenos domene",),
                "kupili smo drugu tvrtku i željeli bismo njezinu domenu prenijeti k vama. Što trebate "
                "i radi li pošta za to vrijeme?",
                "trebamo autorizacijski kod od sadašnjeg registrara; upišite ga u ploči pod Domene. "
                "Pošta i web rade dalje.",
            ),
        ),
        "newsletter": (
            Exchange(
                ("Sudjelovanje u anketi",),
                "vidjeli smo da tražite korisnike koji bi pričali o svom iskustvu. Rado ćemo "
                "sudjelovati ako ne traje dulje od sata.",
                "puno vam hvala. Poslat ću dva termina i pitanja unaprijed.",
            ),
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
            "u cijelom uredu ne radi ni slanje ni primanje pošte. I webmail javlja grešku. Kada će "
            "pošta opet raditi?",
        ),
        (
            "IMAP ne odgovara",
            "na svim mobitelima i u Thunderbirdu IMAP ne odgovara za {box}. Naš internet je u redu. "
            "Znate li za to?",
        ),
        (
            "Sandučić nedostupan",
            "sandučić {box} ne može se otvoriti već četvrt sata. Je li pao poslužitelj pošte?",
        ),
    ),
    site_is_down=(
        (
            "{domain} ne radi",
            "naša web stranica {domain} prikazuje „503 Service Unavailable”. Molimo pomoć, u tijeku je "
            "kampanja.",
        ),
        (
            "Stranica se ne učitava",
            "web stranica {domain} ne učitava se već nekoliko minuta ni na jednom uređaju. Je li do "
            "poslužitelja?",
        ),
        (
            "Trgovina nedostupna",
            "naša trgovina na {domain} nije dostupna i kupci nas zovu. Što se događa?",
        ),
    ),
)
