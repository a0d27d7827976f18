"""Italian."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases

ITALIAN = LanguageWords(
    numbers=phrases("""
        zero, euro, dollar*, centesimi, due, tre, quattro, cinque, sette, otto, nove, dieci,
        undici, dodici, quindici, venti, trenta, quaranta, cinquanta, cento, mille, mila,
        milione, milioni, dozzina, per cento, metà, doppio, triplo, sei puntate, sedici, tredici,
        quattordici, diciassette, diciotto, diciannove, sessanta, settanta, ottanta, novanta,
        terzo, terza, quarto, quarta, quinto, quinta, sesto, sesta, settimo, settima, ottavo,
        ottava, nono, nona, decimo, decima, ventun*, ventidu*, trentun*, decina, decine,
        centinaia, migliaia, rupie, rubli, franchi, sterline, yen, quadruplo, mezza dozzina,
        duecento*, trecento*, quattrocento*, cinquecento*, seicento*, settecento*, ottocento*,
        novecento*, duemila, tremila, diecimila, ventimila, centomila, undicesim*, dodicesim*,
        ventesim*, trentesim*, centesim*, millesim*, ennesim*, trio, duo, quartetto, quintetto
    """),
    days=phrases("""
        domani, ieri, dopodomani, la prossima settimana, settimana prossima, il mese prossimo,
        l'anno prossimo, quest'anno, prossimamente, nuova stagione, ultima stagione, mezzanotte,
        mezzogiorno, decennio, secolo, natale, natalizi*, capodanno, pasqua, ferragosto,
        epifania, befana, san valentino, ramadan, ognissanti, carnevale, tra una settimana,
        fra una settimana, tra un mese, tra pochi giorni, fra pochi giorni, prossima estate,
        prossimo inverno, fine mese, fine anno, fine del mese, fine dell'anno, inizio mese,
        trimestre*
    """),
    story=phrases("""
        racconta, narra, la storia di, storia di un, storia di una, segue le, ambientat*, dirett*,
        regista, regia, scritto da, scritta da, autore, autrice, attore, attrice, attori, cast,
        basat*, tratto da, tratta da, adattamento, ispirat*, storia vera, un uomo, una donna,
        un ragazzo, una ragazza, una famiglia, personaggi*, protagonist*, detective, assassin*,
        romanzo, libro, libri, episodi*
    """),
    first_person=phrases("""
        io, mio, mia, miei, mie
    """),
    urgency=phrases("""
        prima che sparisca, sparisce, scompare, affrettati, sbrigati, ultima occasione,
        ultima possibilità, ora o mai più, adesso o mai più, non perdere, non perderti,
        non perdete, non aspettare, prima che sia troppo tardi, troppo tardi, solo oggi,
        soltanto oggi, solo stasera, tempo limitato, offerta limitata, scade, termina oggi,
        immediatamente, urgente*, ultimi posti, pochi posti, posti limitati, quasi esaurit*,
        esaurit*, altrimenti perderai
    """),
    judgement=phrases("""
        idiot*, stupid*, scem*, cretin*, imbecill*, pigr*, sei sol*, ti annoi, devi, dovresti,
        ti meriti, persone come te, qualcuno come te, alla tua età, abbiamo notato,
        abbiamo visto che, sappiamo che, ti conosciamo, i tuoi debiti, la tua salute,
        il tuo peso, i tuoi figli, la tua solitudine, i tuoi amici, i tuoi vicini,
        i tuoi colleghi, tutti tranne te
    """),
    sensitive=phrases("""
        cattolic*, cristian*, musulman*, islam*, ebre*, buddist*, ateo, atei, religios*, gay,
        lesbic*, omosessual*, bisessual*, transessual*, divorziat*, incinta, disabil*, immigrat*,
        rifugiat*, alcolist*, cancro
    """),
    secrets=phrases("""
        password, parola d'ordine, carta di credito, numero di carta, conto bancario, codice pin,
        conferma il tuo conto, la tua banca, il tuo account, il tuo conto, la tua carta,
        dati bancari, accedi al, iban, carta regalo
    """),
    profanity=phrases("""
        cazzo*, merda*, stronz*, puttana*, troia*, vaffanculo, culo, coglion*, minchia*, figa,
        bastard*, froci*, nud*, sexy, porno*
    """),
    talk=phrases("""
        come ia, modello linguistico, intelligenza artificiale, non posso, mi dispiace, ecco il,
        ecco un messaggio, traduzione, oggetto:, messaggio:, sms:, testo:, titolo:,
        gentile cliente, json, istruzion*, cordiali saluti, clicca qui, iscriviti, scarica,
        allegato, spettator*, codice qr, scansiona*, app store, play store, chiamaci, contattaci
    """),
    claims={
        "free": phrases("""
            gratis, gratuit*, senza costi, omaggio, non costa nulla, non costa niente,
            a costo zero, offre la casa, senza pagare, senza impegno, niente da pagare
        """),
        "guarantee": phrases("""
            garantit*, garanzi*, senza rischi*, promettiamo, promess*, adorerai, rimbors*,
            soddisfatti o, soddisfazione, non delude, non vi deluderà, non ti deluderà,
            non deluderà, mai delus*, non te ne pentirai, giuriamo, parola d'onore, assicurat*
        """),
        "superlative": phrases("""
            il migliore, la migliore, i migliori, le migliori, numero uno, incomparabil*,
            imbattibil*, del mondo, dell'anno, di tutti i tempi, capolavoro, il più, la più
        """),
        "award": phrases("""
            premiat*, premio, premi, oscar*, emmy*, candidat*, vincitor*, vincitric*, acclamat*,
            critica, critici, donatello, trofe*, medagli*, stelle su, lodat*, premiatissim*,
            applaudit*
        """),
        "exclusive": phrases("""
            esclusiv*, solo qui, da nessun'altra parte, anteprima
        """),
        "discount": phrases("""
            scont*, offerta speciale, promozion*, economic*, metà prezzo, risparmia
        """),
        "popular": phrases("""
            tutti ne parlano, tutti guardano, di tendenza, viral*, più vist*, popolar*, famos*,
            successo, fenomeno, leggendari*, imperdibil*
        """),
        "health": phrases("""
            cura, terapi*, ansia, depressione, insonnia
        """),
        "approval": phrases("""
            approvazione immediata, preapprovat*, approvat*, senza controlli, senza interessi,
            tasso zero, soldi facili, prestito facile
        """),
    },
    harmless=phrases("""
        non devi, devi solo, non è mai troppo tardi
    """),
)
