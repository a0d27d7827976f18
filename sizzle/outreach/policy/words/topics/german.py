"""German."""

from sizzle.outreach.policy.words.language_words import phrases

GERMAN = {
    "health": phrases("""
        blutdruck*, herzfrequenz, cholesterin*, kalorien, abnehmen, schlank*, diät*, pille*,
        tablette*, medikament*, medizin*, arzt, ärzt*, heilmittel*, symptom*, krankheit*, krank*,
        schmerz*, kopfschmerz*, migräne*, burnout, schlafstörung*, einschlafhilfe, immun*,
        gehirn*, psychisch*, seelisch*, entgift*, vitamin*, hormon*, behandlung*, wohlbefinden,
        klinisch*, patient*, lindert, lindern, senkt, stärkt, verbessert ihr*, hilft gegen,
        wirkt gegen, gegen kummer, liebeskummer, jünger, schlauer, klüger, fitter,
        besser schlafen, schläft besser, schlafen sie besser, allergie*
    """),
    "money": phrases("""
        kostet, bezahl*, zahlt, zahlen, zahlung*, bargeld, geld, steuer*, schulden*, zins, zinsen,
        zinssatz*, ratenzahlung*, gewinn, gewinne, gewinnspiel*, verdienen, verdienst*, reichtum,
        vermögen*, fünfer, moneten, teurer, bezahlbar*, erschwinglich*, budget*, leisten können,
        investier*, investition*, rendite*, geldbörse, portemonnaie, brieftasche, gebühr*,
        anzahlung*, hypothek*, rückzahl*, darlehen*, kredit*, rechnung*, gehalt, einkommen,
        ersparnis*, gespart*, münze*, hausbank, überweis*, konto*, lotto*, verlosung*, verlos*,
        prämie*, abo, abos, abonnement*, apfel und ein ei, spottpreis*
    """),
    "law": phrases("""
        rechtlich*, gesetz*, anwalt*, anwält*, gericht*, verbindlich*, haftung*, haften,
        versicher*, versichert*, absetzbar, subvention*, lizenz*, zertifi*, geprüft*, tüv,
        zugelassen, amtlich*, offiziell*, anspruch*, kündig*, kündbar*, kündigung*, widerruf*,
        garantieschein, vertrag*, verpflichtet, verpflichtung*, entschädig*, empfohlen von,
        bestätigt von, staatlich*, vom staat, für immer, lebenslang*, auf lebenszeit, einwillig*,
        zustimm*, verklag*, strafe*, bedingungslos*
    """),
    "politics": phrases("""
        regierung*, wahlen, gewählt*, wähler*, abstimm*, präsident*, kanzler*, minister*,
        parlament*, bundestag*, politi*, partei*, linksradikal*, rechtsradikal*, sozialis*,
        kommunis*, faschis*, nazi*, afd, cdu, csu, spd, fdp, grünen, brexit, nato, asyl*,
        grenze dicht, abtreibung*, demonstr*, protest*, revolution*, regime*, krieg*, propaganda,
        impf*, verschwör*, trump, putin, gewerkschaft*, streik*, lügenpresse, lügt, lügen,
        ausländer*
    """),
    "people": phrases("""
        nachbar*, kolleg*, chef, chefin, chefs, mitschüler*, ihr ex, ihre ex, ihre mutter,
        ihr vater, ihrer mutter, ihrem vater, ihre schwester, ihr bruder, ihr sohn, ihre tochter,
        ihr baby, ihr kind, ihre eltern, ihre oma, ihre familie, ihr freund, ihre freundin,
        ihr partner, ihre partnerin, ihr mann, ihre frau, deine frau, dein mann, deine mutter,
        dein vater, mitbewohner*, witwe*, witwer*, erwarten sie ein, neugeboren*, trennung,
        getrennt*, scheidung*, ihr geburtstag, ihren geburtstag, ihrem geburtstag, ihre hochzeit,
        ihre arbeit, ihr job, ihr haus, ihre straße, ihrer straße, ihre stadt, ihrer stadt,
        in ihrer nähe, ihre adresse, ihre letzte, ihr letzter, sie haben gekauft, wach geblieben,
        arbeitslos*, rentner*, wechseljahr*, teenager*, studierende*, studenten,
        mitglieder wie sie, andere mitglieder, ein anderes mitglied, andere nutzer*,
        alle in ihrem, alle in ihrer, jeder in ihrem, jeder in ihrer, ihr schwarm, glatze,
        übergewicht*, hat auch schon, schauen auch
    """),
    "children": phrases("""
        kinder*, kind, kids, kleinkind*, schulkind*, schüler*, teenie*, jugendlich*,
        minderjährig*, babys, die kleinen, kleine zuschauer, jedes alter, jeden alters,
        jung und alt, groß und klein, alle altersgruppen, familienfreundlich*, hausaufgaben,
        kindergarten, kita, klassenzimmer, schule, gute-nacht-geschichte, ganze familie,
        ohne altersbeschränkung
    """),
    "technology": phrases("""
        4k, 8k, hd, uhd, hdr, ultra-hd, hochauflösend*, auflösung, dolby*, surround*, atmos, imax,
        offline, synchronisiert*, synchronfassung*, untertitel*, hörfassung*, originalfassung*,
        originalton*, originalsprache, ungeschnitten*, ungekürzt*, langfassung*, restauriert*,
        schwarz-weiß, 3d, virtuelle realität, weltweit*, überall auf der welt, in allen ländern,
        in jedem land, europaweit, werbefrei*, ohne werbung, werbepause*, ruckelfrei*, im kino,
        auf dvd, blu-ray, konsole*, alle geräte, allen geräten, jedem gerät, jedes gerät,
        smart-tv*, wlan, installier*, liveübertragung*
    """),
    "excess": phrases("""
        durchmachen, die ganze nacht, ganze nächte, bis zum morgen, bis zum morgengrauen,
        ohne schlaf, schlaf ist, nicht schlafen, schlafen können sie später, nicht aufhören,
        nicht mehr aufhören, kein ende finden, süchtig*, suchtfaktor*, suchtgefahr*, marathon*,
        pausenlos, krankmelden, krank melden, blaumachen, arbeit schwänzen, schwänz*,
        stundenlang*, noch eine folge, nur noch eine, betrunken, bier, wodka, whisky, saufen,
        kiffen, zigarette*, rauchen, drogen*, kokain, wett*, zocken, casino*, besessen*
    """),
    "violence": phrases("""
        umbringen, töt*, tot, bombe*, pistole*, waffe*, schieß*, erschieß*, erstech*, blutbad,
        massaker, terror*, folter, foltern, selbstmord*, suizid*, vergewaltig*, verprügel*,
        prügel*, schlachten, leiche*, hass*, hasst, sterben, stirbt, mord, morde, morden, ermord*,
        vergift*
    """),
    "scarcity": phrases("""
        nicht mehr lange, nicht lange da, verabschiedet, verlässt uns, nimmt abschied, abschied,
        läuft aus, die uhr tickt, tickt, letzter aufruf, letzte nacht, letzter abend,
        letzte woche, letzte tage, letzte vorstellung, letztmals, zum letzten mal,
        ein letztes mal, ehe es, ehe sie, bevor sie weg, bevor es weg, bald weg, bald vorbei,
        geht zu ende, neigt sich, frist, stichtag, wer zuerst, warteliste, reservier*,
        sichern sie, sichere dir, limitiert*, begrenzt*, kontingent*, einmalig*, nie wieder,
        kein zweites mal, nur einmal, kurze zeit, für kurze, kommt nicht wieder, kommt nie wieder,
        zurückgelassen, abgehängt, als erste, als erster, als letzter, vor allen anderen,
        verpass*, entgeht, entgehen, bereu*, jetzt zugreifen, zugreifen
    """),
    "comparison": phrases("""
        übertrifft, übertrumpft, schlägt alle, schlägt jede*, verblasst, verblassen,
        in den schatten, besser als, spannender als, dunkler als, lustiger als, größer als,
        schöner als, als jede, als jeder, als jedes, als alle, als alles, als anderswo,
        als woanders, mehr als nur, wie keine andere, wie kein anderer, jeder andere, jede andere,
        jedes andere, alle anderen, andere serien, andere filme, andere dienste, andere anbieter,
        konkurren*, mitbewerb*, vergleich*, unvergleichlich*, eine klasse für sich, unerreicht*,
        seinesgleichen, ihresgleichen, einzigartig*, überlegen, bahnbrechend*, makellos*,
        perfektion, genial*, spitzenreiter, top ten, hitliste, statt netflix, statt ihrem,
        statt ihrer, ersetzt, kündigen, wer mochte, von den machern, vom team, vom studio,
        pflichtprogramm, muss man gesehen, ein muss
    """),
    "contact": phrases("""
        folgen sie uns, folge uns, finden sie uns, suchen sie uns, suchen sie nach,
        schreiben sie uns, schreib uns, benutzername*, nutzername*, spitzname*, hashtag,
        unser kanal, unsere gruppe, unser shop, unserem shop, unser laden, unsere website,
        webseite*, website*, homepage, in den sozialen, social media, punkt de, punkt com,
        punkt net, schrägstrich, tiktok, instagram, telegram, whatsapp, discord, hotline, fax*,
        sponsor*, in kooperation, unser neues, unsere neue, unser neuer, unserem neuen, rückwärts,
        spiegelschrift, anfangsbuchstaben, zwischen den zeilen, buchstabier*
    """),
    "roles": phrases("""
        butler, bürgermeister*, anwält*, richter*, soldat*, spion*, prinz*, dieb, diebe, diebin,
        einbrecher*, gangster*, wissenschaftler*, professor*, priester*, pilot*, matrose*,
        journalist*, hacker*, attentäter*, sheriff, polizist*, witwe*, waise*, zwilling*,
        außerirdisch*, zombie*, vampir*, hexe*, gespenst*, roboter*, drache, drachen, bösewicht*,
        heldin, der held, verdächtig*, entführ*, verschwund*, rache, wendung*,
        das ende von, finale, staffelfinale, cliffhanger*
    """),
    "origin": phrases("""
        theaterstück*, oper, comic*, manga, videospiel*, podcast*, trilogie*, neuauflage*,
        filmmusik*, orchester*, komponist*, gedreht, dreharbeiten, verlängert, abgesetzt,
        darsteller*, hinter den kulissen, am set
    """),
    "danger": phrases("""
        am steuer, beim fahren, während der fahrt, springen sie vom, vom dach, ohne helm,
        wird ihnen leidtun, sonst passiert
    """),
    "groups": phrases("""
        frauen, männer, mädchen, jungs, weichei*, memme*, feigling*, hausfrauen, touristen,
        generation*, blondinen, warmduscher*
    """),
    "subscriptions": phrases("""
        ihr tarif, ihrem tarif, paket, pakets, pakete, abonnent*, probemonat*, testphase*,
        upgrade*, mitgliedschaft, bündel, verschenk*, gratiszugabe*, spende*, wohltätig*
    """),
    "readers": phrases("""
        sie sehen müde, sie sehen traurig, sie sehen gut, sehen müde aus, sie wirken,
        sie scheinen, ihre laune, ihre augen sind, ihre woche war, die anderen sagen,
        halten sie mit, mithalten
    """),
    "durations": phrases("""
        kaffeepause*, mittagspause*, arbeitsweg*, kürzer als, länger als, in einem rutsch,
        laufzeit*, spielzeit*, alternativ, alternativen, variante*, entwurf*, tonfall
    """),
}
