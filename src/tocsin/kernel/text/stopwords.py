"""The commonest words of each language, as they are typed with and without accents.

Some languages are here only as rivals: a Portuguese mail must not be taken for a Spanish one.
"""

from tocsin.kernel.text.folding import fold

_WORDS = {
    "en": """the and you your for with this that have has not are was were is it my we our can could
        would please hello hi dear thanks thank regards sincerely from they there what when how why
        which been will but if an of to in on at be do does did any just still since after before
        since about i'm don't can't cannot doesn't me am help need working works get got""",
    "es": """el la los las un una que de del en por para con no se su mi mis nos es está esta este
        esto son hola buenos días dias buenas tardes gracias saludos estimado estimados cordial pero
        como cómo cuando cuándo desde hemos he tengo tenemos puedo pueden podemos favor también
        tambien ya muy nuestro nuestra funciona ustedes usted le les me al y o más sin sobre hay fue
        ha han ayer hoy quiero necesito""",
    "hr": """je i u na se da ne za su od što sto koji koja koje nije nisam smo sam ste bi li kako ali
        ili već vec molim vas vam hvala poštovani postovani pozdrav lijep dobar dan mi nam nas naš
        nasa naša moj moja moje ovo to kad kada zašto zasto možete mozete mogu može moze radi prije
        poslije jer još jos samo iz sa s o do bilo ima imam imamo nema jučer jucer danas""",
    "de": """der die das und ich wir sie ist nicht ein eine einen einem für fur mit auf von zu im den
        dem des es hallo guten tag danke bitte sehr geehrte geehrter grüße grusse grüssen
        freundlichen können konnen kann haben habe hat wird werden wurde noch seit auch aber oder
        wenn wie was mein meine unser unsere ihr ihre uns mir mich bei nach aus als sich keine kein
        funktioniert schon""",
    "fr": """le les des une et est pas je vous nous que qui dans pour sur avec ne ce cette mon ma mes
        notre votre bonjour merci cordialement du au aux il elle ont été depuis mais où plus fait
        être avons""",
    "it": """il lo gli della dello che di è e per non con una sono ho abbiamo mio mia nostro nostra
        buongiorno salve grazie saluti ma come quando questo questa più del dal dalla nel nella
        anche ancora funziona ci""",
    "pt": """o os as um uma que de do da dos das em no na por para com não nao se seu sua meu minha
        nós nos está olá ola obrigado obrigada bom dia boa tarde mas como quando desde temos tenho
        você e ao à são mais funciona já nosso nossa""",
    "nl": """de het een en van ik wij we is niet met voor op dat dit die zijn naar aan bij ook maar
        geen kan kunnen hallo beste bedankt groeten mijn onze jullie u heb hebben wordt werkt nog
        sinds""",
    "pl": """i w na z się nie to że do jest jak ale czy mam mamy proszę dziękuję dzień dobry
        pozdrawiam witam od po dla przez mój moja nasz nasza nam mi są już jeszcze""",
    "sl": """in je na se da ne za so od kaj ki ni nisem smo sem ste bi ali kako lahko prosim vas vam
        hvala pozdravljeni spoštovani lep pozdrav dober dan moj naša nam pri tudi še samo zaradi
        deluje včeraj""",
    "greeklish": """den to na kai mou sas einai kalimera kalispera kalhmera euxaristo efxaristo
        parakalo den mporo boro pos ti gia me apo tin tou ths tis exo exoume alla giati leitourgei
        doulevei xthes simera ena mas""",
    "el": """και το τα τη την της του των στο στη στην σε με για από απο να δεν που μου σας μας ο η οι""",
    "ru": """и в не на что это я мы вы с по у нас вас мне меня вам нам как но или если когда уже
        только почему пожалуйста здравствуйте добрый день спасибо уважаемые привет для из от до за
        был была было были есть нет очень можно может могу не работает мой моя мои наш наша ваш же
        бы ли то так чтобы после вчера сегодня подскажите помогите работает работают открывается""",
    "uk": """і в не на що це я ми ви з по у нас вас мені мене вам нам як але або якщо коли вже тільки
        чому будь ласка доброго дня дякую вітаю для із від до за був була було є немає дуже можна
        може можу працює мій та щоб після вчора сьогодні""",
    "bg": """и в не на че това аз ние вие с по у нас вас ми ме ви ни как но или ако кога вече само
        защо моля здравейте добър ден благодаря поздрави за от до бил беше са съм сме има няма много
        може мога работи мой моят нашият да се си е който която след вчера днес""",
    "sr": """и у не на је да се за су од што који која није нисам смо сам сте ли како али или већ
        молим вас вам хвала поштовани поздрав добар дан ми нам наш мој ово то кад зашто можете може
        ради јер још само из са""",
}

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _WORDS.items()
}
"""Language → its function words and greetings, lower case."""

COMMON_FOLDED: frozenset[str] = frozenset(
    folded
    for language in ("en", "el", "es", "hr", "ru")
    for word in STOP_WORDS[language]
    if len(folded := fold(word)) <= 4
)
"""Short words too common to be worth insisting on in a search, folded."""
