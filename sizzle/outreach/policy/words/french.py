"""French."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases, words

FRENCH = LanguageWords(
    openers=words("""
        information informations à accordez ah ainsi ajoutez allez allons allumez alors amateur
        amateurs ambiance ambiances appuyez après arrêtez attendez au aucun aucune aujourd'hui
        autant autour autre aux avant avec avez baissez beaucoup besoin bien bienvenue bon
        bonjour bonne bonsoir calme calez car ce cela celle celles celui certains ces cet cette
        chacun chaque chez choisissez chut c'est comme comment confortablement coupez côté
        cherchez créez curieux curieuse dans de debout demandez depuis derrière des dès désormais
        détendez deux devant dites donc donnez doucement du d'autres d'un d'une découvrez écoutez
        elle elles embarquez en encore enfin ensemble entre entrez envie envies essayez est-ce et
        éteignez évadez explorez faites fan fans fermez fermer filez frissons gardez glissez
        grand grande gros histoires hiver ici il ils imaginez installez jamais j'espère je jetez
        jour jusque la là laissez le l'envie l'hiver l'histoire l'ombre l'obscurité la-bas les
        leur lancez levez lumière lumières l'écran l'heure l'ambiance l'aventure l'occasion
        l'évasion maintenant mais même merci mettez moins montez moteur musique mystère ne nos
        notre nouveau nouveauté nouvelle nouvelles nous nuit nuits n'attendez n'hésitez n'importe
        n'oubliez on or ou où oubliez oui ouvrez par parce parfait parfois partagez partez partir
        pas passez patience pause peu pendant personne petit petite peut-être place plaids
        plongez plus plusieurs plutôt posez pour pourquoi pourtant premier prenez prendre
        préparez prêt prête prêts presque profitez puis quand que quel quelle quelles quelque
        quelques quels qu'est-ce qu'un qui quoi rassemblez regardez rejoignez rendez-vous reposez
        respirez restez retour retrouvez revoici rêvez rien rues sa salut sans savourez se ses si
        silence simple s'il s'installer soir soirée soirées son sortez sous souvent soyez suivez
        suspense sur ta tamisez tant tard te tendez tes thé toi ton toujours tous tout toute
        toutes très trop trouvez tu un une va venez vérifiez vers veuillez vite vivez voici voilà
        voir vos votre voulez vous vos voyage voyagez y écran été êtes d'abord d'ici dehors
        dedans demain merveille passionné plaid fermons aimez aimer cap aucune quoi qu'il qu'on
        chaud chaude deuxième froid frissonnez goûtez facile exact entendu d'accord tranquille
        dommage chocolat café dîner canapé rideau rideaux volume chaussettes pantoufles lune
        soleil mer vent brouillard neige pluie automne printemps curiosité intrigue frisson
        attention mieux bref certes évidemment soudain l'automne l'été l'amour l'aube l'air
        l'océan l'horizon l'eau l'âme l'ami l'art l'attente l'enquête l'intrigue l'orage
        l'ouverture l'univers
    """),
    subject_verbs=words("""
        est était a avait revient joue incarne présente signe brille recommande adore dit invite
        écrit réalise mène et fait peut veut sera connaît propose livre rejoint retrouve
    """),
    numbers=phrases("""
        zéro, euro, euros, dollar*, livres sterling, centimes, yen, yens, deux, trois, quatre,
        cinq, six, sept, huit, neuf, dix, onze, douze, treize, quatorze, quinze, seize, vingt*,
        trente, quarante, cinquante, soixante*, quatre-vingt*, cent, cents, mille, million*,
        milliard*, centaine*, millier*, dizaine*, douzaine*, pour cent, moitié, double, triple,
        tiers, troisième, quatrième, cinquième, dixième, *ième*, second, seconde partie,
        second volet, seconde saison, trentaine, vingtaine, quinzaine, soixantaine,
        quatre-vingts, septante*, huitante*, nonante*, roupie*, rouble*, peso*, franc, francs,
        livre sterling, yuan*, couronnes, quadruple*, un quart, trio, duo, quatuor, quintette
    """),
    days=phrases("""
        demain, hier, après-demain, avant-hier, la semaine prochaine, semaine prochaine,
        le mois prochain, mois prochain, l'an prochain, l'année prochaine, cette année,
        prochainement, bientôt, nouvelle saison, saison inédite, dernière saison, minuit, à midi,
        décennie*, siècle, avant-première, noël, toussaint, pâques, nouvel an, saint-sylvestre,
        saint-valentin, jour de l'an, pentecôte, fête nationale, ramadan, hanoucca, réveillon,
        épiphanie, chandeleur, quinzaine, dans une semaine, dans un mois, dans quelques jours,
        dans huit jours, sous peu, l'été prochain, l'hiver prochain, le printemps prochain,
        jours fériés, jour férié, fin du mois, fin d'année, fin de l'année, fin de la semaine,
        début du mois, début de l'année, début d'année, trimestre*, rentrée
    """),
    story=phrases("""
        raconte, raconté*, l'histoire de, l'histoire d'un, l'histoire d'une, une histoire de,
        suit, se déroule, se passe, réalisé*, réalisateur*, réalisatrice*, écrit par,
        écrite par, scénariste*, auteur*, acteur*, actrice*, comédien, comédienne,
        avec dans le rôle, dans le rôle, interprété*, tiré d'un, tirée d'un, adapté*,
        adaptation, inspiré*, suite de, histoire vraie, il est un, elle est une, c'est un homme,
        c'est une femme, un homme, une femme, un garçon, une fille, une famille, personnage*,
        héros, héroïne, protagoniste*, détective*, policiers, tueur*, meurtre*, assassin*,
        roman, livre, livres, épisode*, dont le, dont la
    """),
    first_person=phrases("""
        je, j'ai, j'aime, j'espère, me, moi, mon, ma, mes
    """),
    urgency=phrases("""
        avant qu'il ne disparaisse, avant qu'elle ne disparaisse, disparaît, disparaissent,
        dépêchez-vous, dépêche-toi, vite, dernière chance, dernières heures, derniers jours,
        maintenant ou jamais, ne manquez pas, ne ratez pas, ne rate pas, à ne pas manquer,
        à ne pas rater, ne tardez pas, n'attendez plus, n'attendez pas,
        avant qu'il ne soit trop tard, trop tard, aujourd'hui seulement, seulement aujourd'hui,
        ce soir seulement, uniquement ce soir, uniquement aujourd'hui, offre limitée,
        durée limitée, temps limité, se termine, expire, immédiatement, urgent*, sans attendre,
        sans tarder, tout de suite, foncez, plus que quelques, bientôt fini, dernières places,
        plus que quelques places, places restantes, presque épuisé*, épuisé*, complet bientôt,
        sinon vous, il ne reste que quelques, il ne reste plus que
    """),
    judgement=phrases("""
        idiot*, imbécile*, stupide*, crétin*, abruti*, débile*, vous êtes paresseu*, paresseux,
        paresseuse, feignant*, vous vous ennuyez, tu t'ennuies, vous êtes seul*, tu es seul*,
        solitaire, vous êtes triste, tu es triste, vous devez, vous devriez, tu dois, tu devrais,
        il faut que vous, vous méritez, tu mérites, quelqu'un comme vous, les gens comme vous,
        des gens comme vous, à votre âge, à ton âge, de votre âge, nous avons remarqué,
        nous avons vu que vous, nous savons que vous, on sait que vous, nous vous connaissons,
        vous n'avez pas, vous n'avez jamais, vous oubliez toujours, votre divorce, votre maladie,
        vos dettes, votre santé, votre poids, votre religion, vos revenus, votre salaire,
        votre solitude, vos enfants, votre femme, votre mari, en tant que mère,
        en tant que femme, en tant qu'homme, accro, vos amis, tes amis, vos voisins,
        vos collègues, tous sauf vous
    """),
    sensitive=phrases("""
        catholique*, chrétien*, musulman*, islam*, juif*, juive*, hindou*, bouddhiste*, athée*,
        religieu*, arabes, gay, gays, lesbienne*, homosexuel*, bisexuel*, trans, divorcé*,
        enceinte*, handicapé*, immigré*, réfugié*, alcoolique*, cancer, séropositi*
    """),
    secrets=phrases("""
        mot de passe, mots de passe, carte bancaire, carte de crédit, numéro de carte,
        compte bancaire, code pin, code secret, numéro de sécurité sociale,
        vérifiez votre compte, confirmez votre compte, votre banque, votre compte, ton compte,
        votre carte bleue, votre carte, coordonnées bancaires, identifiant*, connectez-vous, rib,
        iban, carte cadeau, cartes cadeaux, code reçu
    """),
    profanity=phrases("""
        merde*, putain*, connard*, connasse*, con, conne, cons, salope*, salaud*, enculé*,
        bordel, foutre, foutu*, pute*, bite, bites, couille*, chier, chiant*, nique*, niquer,
        enfoiré*, pédé*, batard*, bâtard*, cul, sexy, nu, nue, nus, nues, porno*
    """),
    talk=phrases("""
        en tant qu'ia, modèle de langage, intelligence artificielle, je ne peux pas, désolé,
        bien sûr !, voici un message, voici le message, traduction, objet :, objet:, sujet :,
        sujet:, message :, sms :, texte :, titre :, cher client, chère cliente, cher utilisateur,
        cher membre, cher abonné, json, est un fait, instruction*, cordialement, cliquez ici,
        abonnez-vous, inscrivez-vous, téléchargez, pièce jointe, contactez-nous, appelez-nous,
        spectateur*, notification, ce message, ce mail, ce courriel, qr code*, scannez,
        app store, play store, téléphonez, répondez oui, transférez ce, composez le
    """),
    claims={
        "free": phrases("""
            gratuit*, gratis, sans frais, offert, offerte, offerts, sans payer, zéro euro,
            ne coûte rien, ne vous coûtera rien, coûte rien, sans débourser, sans engagement,
            aux frais de la maison, offerte*, rien à payer, cadeau de la maison, gratos
        """),
        "guarantee": phrases("""
            garanti*, sans risque, satisfait ou remboursé, promis, promesse*, vous allez adorer,
            vous adorerez, tu vas adorer, à coup sûr, rembours*, remboursement*, ne décevra,
            ne vous décevra, ne décev*, pas déçu*, jamais déçu*, aucune déception, sans regret*,
            ne regretterez, ne le regretterez, nous jurons, on jure, parole d'honneur,
            nous assurons, assuré*, satisfaction
        """),
        "superlative": phrases("""
            le meilleur, la meilleure, les meilleurs, les meilleures, meilleure série,
            meilleur film, numéro un, n° 1, n°1, inégalé*, incomparable*, le plus grand,
            la plus grande, du monde, de l'année, de tous les temps, imbattable*, chef-d'œuvre,
            ultime, le plus, la plus
        """),
        "award": phrases("""
            primé*, récompensé*, récompense*, césar, césars, oscar*, palme, cannes, molière,
            emmy*, prix, nommé*, nomination*, lauréat*, acclamé*, critiques, salué*, la critique,
            encensé*, trophée*, médaille*, couronné*, distingué*, plébiscité*, louangé*
        """),
        "exclusive": phrases("""
            exclusif*, exclusive*, exclusivité*, en avant-première, nulle part ailleurs,
            inédit*
        """),
        "discount": phrases("""
            réduction*, remise*, promo, promos, promotion*, soldes, pas cher, moins cher,
            bon plan, prix cassé*, offre spéciale, économisez, rabais, bon d'achat, code promo,
            à prix réduit, prix réduit, ristourne*, tarif réduit, à moitié prix, moitié prix,
            demi-tarif, solde, soldé*, bradé*
        """),
        "popular": phrases("""
            tout le monde regarde, tout le monde en parle, dont tout le monde parle, tendance,
            viral*, le plus regardé, la plus regardée, populaire*, culte, célèbre*, succès,
            phénomène, légendaire*, incontournable*, renommé*
        """),
        "health": phrases("""
            guérit, guérir, thérapie*, thérapeutique*, anti-stress, anxiété, dépression,
            insomnie, médical*
        """),
        "approval": phrases("""
            accord immédiat, accord garanti, approuvé*, sans justificatif, sans vérification,
            argent facile, argent rapide, sans intérêt*, taux zéro, meilleur taux,
            pré-approuvé*, crédit facile
        """),
    },
    harmless=phrases("""
        vous n'avez pas à, vous n'avez pas besoin, il vous suffit, rien ne presse, entracte
    """),
)
