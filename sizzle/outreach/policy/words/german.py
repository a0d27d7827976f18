"""German. Its nouns are written as names are, so that a name alone is not told from a noun."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases

GERMAN = LanguageWords(
    numbers=phrases("""
        null euro, euro, euros, dollar*, cent, zwei, drei, vier, fünf, sechs, sieben, neun, zehn,
        elf, zwölf, zwanzig, dreißig, vierzig, fünfzig, hundert*, tausend*, million*, milliarde*,
        dutzend*, prozent, hälfte, doppelt*, dreifach*, drittel, viertel, acht, *zehn, *zehnte*,
        *hundert*, *tausend*, zweite*, dritte*, vierte*, fünfte*, sechste*, siebte*, siebente*,
        achte teil, achte staffel, achter, neunte*, elfte*, zwölfte*, zweimal, dreimal, viermal,
        fünfmal, zehnmal, franken, rappen, rupie*, rubel, peso*, zloty, krone, kronen, yen, yuan,
        pfund, halbe*, halbiert*, anderthalb*, *zwanzig*, *dreißig*, *vierzig*, *fünfzig*,
        *sechzig*, *siebzig*, *achtzig*, *neunzig*, sechzig*, siebzig*, achtzig*, neunzig*,
        zweifach*, vierfach*, fünffach*, zehnfach*, mehrfach*, trio, duo, quartett, quintett,
        ein paar dutzend
    """),
    days=phrases("""
        morgen früh, ab morgen, gestern, übermorgen, nächste woche, nächsten monat,
        nächstes jahr, dieses jahr, demnächst, in kürze, neue staffel, letzte staffel,
        mitternacht, jahrzehnt*, jahrhundert, weihnacht*, heiligabend, ostern, osterfest,
        pfingst*, silvester, neujahr*, nikolaus*, karneval, fasching, valentinstag, ramadan,
        in einer woche, in zwei wochen, in wenigen tagen, in einem monat, nächsten winter,
        nächsten sommer, um mitternacht, mittags um, wochentags, feiertag*, advent, adventszeit,
        adventsabend*, adventssonntag*, monatsende, jahresende, jahreswechsel, monatsanfang,
        jahresanfang, monatswechsel, ende des monats, ende des jahres, ende der woche,
        anfang des monats, quartal*
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
        nur noch, begrenzte zeit, zeitlich begrenzt, endet bald, endet heute, sofort, dringend,
        bevor es zu spät ist, zu spät, solange der vorrat, läuft bald ab, läuft heute ab,
        wenige plätze, letzte plätze, plätze frei, fast ausverkauft, ausverkauft, restplätze,
        sonst verlieren, sonst verpassen, solange noch
    """),
    judgement=phrases("""
        idiot*, dumm*, blöd*, depp*, trottel*, faul, fauler, faulpelz, langweilst du dich,
        du bist allein, einsam*, du musst, sie müssen, du solltest, sie sollten, du verdienst,
        leute wie du, menschen wie du, in deinem alter, in ihrem alter, wir haben bemerkt,
        wir haben gesehen, wir wissen, wir kennen dich, deine schulden, deine gesundheit,
        dein gewicht, deine kinder, deine einsamkeit, deine freunde, ihre freunde,
        deine nachbarn, ihre nachbarn, ihre kollegen, deine kollegen, alle außer ihnen,
        alle außer dir
    """),
    sensitive=phrases("""
        katholi*, christ*, muslim*, islam*, jude, juden, jüdisch*, buddhist*, atheist*,
        religiös*, schwarze menschen, schwul*, lesbisch*, homosexuell*, bisexuell*, transgender,
        geschieden*, schwanger*, behindert*, migrant*, flüchtling*, alkoholiker*, krebs
    """),
    secrets=phrases("""
        passwort*, kennwort*, kreditkarte*, kartennummer*, kontonummer*, bankkonto*, pin, tan,
        bestätige dein konto, ihr konto, ihrem konto, ihres kontos, dein konto, deinem konto,
        ihre karte, deine karte, kartendaten, zugangsdaten, ausweis*, anmelden, einloggen,
        geschenkkarte*, iban
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
        zuschauer*, qr-code*, scannen sie, scanne den, app store, play store, rufen sie an,
        ruf an, antworten sie mit, leiten sie diese, herunterladen
    """),
    claims={
        "free": phrases("""
            kostenlos*, gratis, umsonst, kostenfrei*, geschenkt, ohne kosten, null kosten,
            kostet nichts, kostet sie nichts, kostet dich nichts, ohne bezahl*, ohne zu bezahlen,
            nichts bezahlen, gebührenfrei*, unverbindlich*, aufs haus, zum nulltarif, nulltarif,
            ohne gebühr*, spendier*
        """),
        "guarantee": phrases("""
            garantier*, garantie*, risikofrei, ohne risiko, versprechen, versprochen,
            wirst du lieben, werden sie lieben, geld zurück, erstatt*, rückerstatt*,
            zufriedenheit*, enttäuscht nicht, nicht enttäusch*, nie enttäusch*, enttäuschen wird,
            nicht bereuen, bereuen sie nicht, wir bürgen, verbürg*, versicher* ihnen, unser wort,
            ehrenwort, ganz sicher gefallen
        """),
        "superlative": phrases("""
            der beste, die beste, das beste, beste serie, bester film, nummer eins, nr. 1,
            unschlagbar*, einzigartig*, der welt, des jahres, aller zeiten, meisterwerk*,
            größte*, am meisten
        """),
        "award": phrases("""
            preisgekrönt*, ausgezeichnet*, auszeichnung*, oscar*, emmy*, grimme*, bambi,
            nominiert*, kritiker*, gefeiert*, prämiert*, gekürt*, trophäe*, medaille*, gelobt*,
            hochgelobt*, bejubelt*, filmpreis*
        """),
        "exclusive": phrases("""
            exklusiv*, nur bei uns, nirgendwo sonst, premiere
        """),
        "discount": phrases("""
            rabatt*, reduziert*, sonderangebot*, billig*, schnäppchen, zum halben preis, sparen,
            sparpreis, gutschein*, preissenkung, preissturz, nachlass*, ermäßig*, vergünstigt*,
            günstig*, sparen sie, aktionspreis*, angebotspreis*, prozente
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
    harmless=phrases("""
        sie müssen nur, sie müssen nichts, sie müssen nicht, du musst nur, du musst nichts,
        du musst nicht, sie sollten es, nicht zu spät, nie zu spät
    """),
)
