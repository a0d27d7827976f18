"""German. Its nouns are written as names are, so that a name alone is not told from a noun."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases

GERMAN = LanguageWords(
    numbers=phrases("""
        null euro, euro, euros, dollar*, cent, zwei, drei, vier, fünf, sechs, sieben, neun, zehn,
        elf, zwölf, zwanzig, dreißig, vierzig, fünfzig, hundert*, tausend*, million*,
        milliarde*, dutzend*, prozent, hälfte, doppelt*, dreifach*, drittel, viertel
    """),
    days=phrases("""
        morgen früh, ab morgen, gestern, übermorgen, nächste woche, nächsten monat,
        nächstes jahr, dieses jahr, demnächst, in kürze, neue staffel, letzte staffel,
        mitternacht, jahrzehnt*, jahrhundert
    """),
    story=phrases("""
        handelt von, erzählt, die geschichte von, die geschichte einer, die geschichte eines,
        spielt in, regie, regisseur*, geschrieben von, drehbuch, autor*, schauspieler*, besetzung,
        basiert auf, basierend auf, nach dem roman, roman, buch, bücher, wahre geschichte,
        fortsetzung, ein mann, eine frau, ein junge, ein mädchen, eine familie, figur*,
        hauptrolle, kommissar*, mörder*, folge*, episode*
    """),
    first_person=phrases("""
        ich, mein, meine, mich, mir
    """),
    urgency=phrases("""
        bevor es verschwindet, verschwindet, beeil*, letzte chance, jetzt oder nie,
        nicht verpassen, verpasse nicht, verpassen sie nicht, nur heute, nur heute abend,
        nur noch, begrenzte zeit, zeitlich begrenzt, endet bald, endet heute, läuft ab, sofort,
        dringend, bevor es zu spät ist, zu spät, solange der vorrat
    """),
    judgement=phrases("""
        idiot*, dumm*, blöd*, depp*, trottel*, faul, fauler, faulpelz, langweilst du dich,
        du bist allein, einsam*, du musst, sie müssen, du solltest, sie sollten, du verdienst,
        leute wie du, menschen wie du, in deinem alter, in ihrem alter, wir haben bemerkt,
        wir haben gesehen, wir wissen, wir kennen dich, deine schulden, deine gesundheit,
        dein gewicht, deine kinder, deine einsamkeit
    """),
    sensitive=phrases("""
        katholi*, christ*, muslim*, islam*, jude, juden, jüdisch*, buddhist*, atheist*,
        religiös*, schwarze menschen, schwul*, lesbisch*, homosexuell*, bisexuell*, transgender,
        geschieden*, schwanger*, behindert*, migrant*, flüchtling*, alkoholiker*, krebs
    """),
    secrets=phrases("""
        passwort*, kennwort*, kreditkarte*, kartennummer*, kontonummer*, bankkonto*, pin, tan,
        bestätige dein konto
    """),
    profanity=phrases("""
        scheiß*, scheiss*, arsch*, fick*, hurensohn*, hure*, wichser*, schlampe*, fotze*,
        verdammt*, mist, schwuchtel*, nackt*, porno*, sexy
    """),
    talk=phrases("""
        als ki, sprachmodell, künstliche intelligenz, ich kann nicht, es tut mir leid,
        hier ist ein, hier ist der, hier ist die, übersetzung, betreff:, nachricht:, sms:, text:,
        titel:, sehr geehrte*, lieber kunde, liebe kundin, json, anweisung*,
        mit freundlichen grüßen, klicken sie hier, klicke hier, anhang, kontaktieren sie uns,
        zuschauer*
    """),
    claims={
        "free": phrases("""
            kostenlos*, gratis, umsonst, kostenfrei*, geschenkt
        """),
        "guarantee": phrases("""
            garantier*, garantie*, risikofrei, ohne risiko, versprechen, versprochen,
            wirst du lieben, werden sie lieben
        """),
        "superlative": phrases("""
            der beste, die beste, das beste, beste serie, bester film, nummer eins, nr. 1,
            unschlagbar*, einzigartig*, der welt, des jahres, aller zeiten, meisterwerk*,
            größte*, am meisten
        """),
        "award": phrases("""
            preisgekrönt*, ausgezeichnet*, auszeichnung*, oscar*, emmy*, grimme*, bambi,
            nominiert*, kritiker*, gefeiert*
        """),
        "exclusive": phrases("""
            exklusiv*, nur bei uns, nirgendwo sonst, premiere
        """),
        "discount": phrases("""
            rabatt*, reduziert*, sonderangebot*, billig*, schnäppchen, zum halben preis, sparen,
            sparpreis
        """),
        "popular": phrases("""
            alle reden, alle schauen, im trend, viral*, meistgesehen*, beliebt*, berühmt*,
            erfolgsserie, hit, kult*, phänomen, legendär*
        """),
        "health": phrases("""
            heilt, heilung, therapie*, depression*, schlaflosigkeit
        """),
        "approval": phrases("""
            sofortzusage, genehmigt, ohne schufa, ohne prüfung, zinslos*, zinsfrei*,
            schnelles geld, niedrigster zins, sofortkredit
        """),
    },
)
