"""French."""

from sizzle.outreach.policy.words.language_words import phrases

FRENCH = {
    "health": phrases("""
        tension artérielle, cholestérol, calories, maigrir, mincir, minceur, régime*, pilule*,
        comprimé*, médicament*, médecin*, docteur*, remède*, symptôme*, maladie*, douleur*,
        migraine*, burn-out, déprime*, dépressi*, cerveau, détox*, vitamine*, hormone*,
        traitement*, santé, bien-être, clinique*, patients, soulage*, apaise votre, réduit le,
        réduit votre, améliore votre, améliore le, bon pour votre, bon pour le, renforce*,
        mieux dormir, dormir mieux, dormirez mieux, endormir sans, deuil, gueule de bois,
        rajeunit, rajeunir, plus intelligent*, allergie*, remonte le moral, antidépresseur*,
        insomniaque*
    """),
    "money": phrases("""
        coûte, coûtent, coût, coûts, coûter*, payer, payez, payé*, paie, paient, paiement*,
        argent, impôt*, taxe*, dette*, taux, mensualité*, gagner, gagnez, gagnant*, gain, gains,
        bénéfice*, richesse*, abordable*, budget*, investi*, rendement*, porte-monnaie,
        portefeuille, acompte, dépôt, hypothèque*, emprunt*, prêter, prêteur*, crédit, crédits,
        facture*, salaire*, revenus, épargne*, économis*, pièce de monnaie, banque*, virement*,
        loterie, tombola, tirage au sort, à gagner, abonnement*, bouchée de pain, poignée d'euros,
        trois fois rien, prix d'ami, le prix d', moins qu'un café, dépens*
    """),
    "law": phrases("""
        légal*, légalement, loi, lois, vos droits, votre droit, avocat*, tribunal*, juridique*,
        assurance*, assuré par, déductible*, subvention*, licence*, certifi*, agréé*, autorisé*,
        officiel*, résili*, rétractation, garantie*, contrat*, obligé*, obligation*, obligatoire*,
        pénalité*, indemni*, recommandé par, conseillé par, approuvé par, à vie, pour toujours,
        à jamais, consent*, plainte*, amende*, conditions s'appliquent, offre réservée,
        sous réserve, clause*
    """),
    "politics": phrases("""
        gouvernement*, élection*, élu*, vote, votes, votez, voter, électeur*, président*,
        ministre*, parlement*, sénat, député*, politique*, parti politique, extrême droite,
        extrême gauche, socialis*, communis*, fascis*, nazi*, macron, mélenchon, le pen, brexit,
        otan, immigr*, avortement, manifestation*, protest*, révolution*, guerre*, propagande,
        vaccin*, complot*, trump, poutine, syndicat*, grève*, mensonges
    """),
    "people": phrases("""
        voisin*, collègue*, patron, patronne, camarade*, votre ex, votre mère, votre père,
        votre sœur, votre frère, votre fils, votre fille, votre bébé, votre enfant, vos parents,
        votre famille, votre ami, votre amie, votre copain, votre copine, votre compagn*,
        votre époux, votre épouse, colocataire*, veuf*, veuve*, vous attendez un, nouveau-né*,
        rupture, séparation, divorce*, votre anniversaire, votre mariage, votre travail,
        votre emploi, votre maison, votre rue, votre ville, votre quartier, près de chez,
        votre adresse, votre dernier, votre dernière, vous avez regardé, vous avez cherché,
        vous avez acheté, vous avez vu, vous vous êtes couché*, couché tard, chômage, chômeur*,
        retraité*, ménopause, adolescent*, étudiant*, membres comme vous, autres membres,
        un autre membre, d'autres abonnés, autres abonnés, tout le monde au, tout le monde à,
        tout le monde dans, vos proches, à deux dans, vous deux, vos origines, votre origine,
        surpoids, vous travaillez, calvitie
    """),
    "children": phrases("""
        enfant, enfants, gamin*, gosse*, bambin*, écolier*, élèves, ado, ados, mineur*, bébé,
        bébés, les petits, tout-petits, pour petits, petits et grands, grands et petits, tout âge,
        tous les âges, tous âges, dès la maternelle, maternelle, crèche, en famille,
        toute la famille
    """),
    "technology": phrases("""
        4k, 8k, hd, uhd, hdr, ultra hd, haute définition, dolby, surround, imax, hors ligne,
        hors connexion, doublé*, doublage, sous-titr*, audiodescription, version originale, vost*,
        non censuré*, version longue, restauré*, remasteris*, noir et blanc, 3d,
        réalité virtuelle, monde entier, partout dans le monde, partout en, dans tous les pays,
        mondial*, sans publicité, sans pub, publicité*, au cinéma, en dvd, blu-ray, console*,
        tous vos écrans, tous les écrans, tous les appareils, tous vos appareils, tv connectée,
        wifi, wi-fi, installer l', en direct, simultané*
    """),
    "excess": phrases("""
        nuit blanche, nuits blanches, toute la nuit, jusqu'à l'aube, jusqu'au matin, sans dormir,
        oubliez le sommeil, pas dormir, ne plus s'arrêter, plus s'arrêter,
        impossible de s'arrêter, impossible de décrocher, plus décrocher, sans pause,
        sans interruption, d'une traite, d'affilée, encore un épisode, dépendan*, addict*,
        obsession*, marathon*, séchez, sécher les cours, arrêt maladie, congé maladie, ivre,
        vodka, whisky, alcool*, joint, cigarette*, fumer, drogue*, cocaïne, paris sportifs,
        pariez, casino*
    """),
    "violence": phrases("""
        tuer, tue, tuez, tuent, bombe*, pistolet*, fusil*, armes, tirer sur, poignard*,
        bain de sang, massacre*, terroris*, torture*, suicide*, viol, violer, frapper quelqu'un,
        cadavre*, haine, haïr, mourir, meurt, meurs, étrangl*, empoisonn*
    """),
    "scarcity": phrases("""
        plus pour longtemps, pas pour longtemps, ne restera pas, nous quitte, quitte bientôt,
        fait ses adieux, le temps presse, tic-tac, dernier appel, dernière nuit, dernier soir,
        dernière semaine, une dernière fois, avant qu'il, avant qu'elle, avant de disparaître,
        touche à sa fin, bientôt terminé, s'arrête bientôt, date limite, premier arrivé,
        premiers arrivés, liste d'attente, jamais plus, plus jamais, une seule fois, peu de temps,
        ne reviendra pas, ne reviendra plus, laissé pour compte, soyez le premier,
        soyez la première, soyez les premiers, avant tout le monde, profitez-en tant, tant qu'il,
        tant qu'elle, profitez-en vite
    """),
    "comparison": phrases("""
        surpasse*, dépasse*, éclipse*, bat tout, bat tous, écrase*, mieux que, meilleur que,
        meilleure que, plus sombre que, plus drôle que, plus fort que, plus grand que,
        plus palpitant que, que n'importe, comme aucun, comme aucune, comme nul, sans égal,
        sans pareil*, tous les autres, toutes les autres, tout autre, toute autre, autres séries,
        autres films, autre abonnement, autres plateformes, autre plateforme, concurren*, rival*,
        comparaison, compar*, hors pair, classe à part, supérieur*, révolutionnaire*, sans défaut,
        génie, génial*, top dix, palmarès, remplace*, au lieu de votre, oubliez netflix,
        si vous avez aimé, par l'équipe, par les créateurs, des créateurs, du studio,
        note maximale, la presse, journalistes
    """),
    "contact": phrases("""
        suivez-nous, suivez nous, cherchez-nous, cherchez nous, trouvez-nous, retrouvez-nous,
        retrouvez nous, écrivez-nous, pseudo, pseudonyme, nom d'utilisateur, hashtag, mot-dièse,
        notre chaîne, notre groupe, notre boutique, notre site, site web, site internet,
        réseaux sociaux, point com, point fr, point net, arobase, tiktok, instagram, telegram,
        whatsapp, discord, mot-clé, partenaire*, sponsor*, présenté par, en partenariat,
        à l'envers, au miroir, entre les lignes, épelez, option a, option b, version a, version b
    """),
    "roles": phrases("""
        majordome, maire, infirmi*, avocat*, juge, soldat*, espion*, le roi, la reine, un roi,
        une reine, prince*, voleur*, cambrioleur*, gangster*, scientifique*, professeur*, prêtre,
        pilote, journaliste*, pirate informatique, shérif, flic*, inspecteur*, orphelin*, jumeaux,
        jumelles, extraterrestre*, zombie*, vampire*, sorcière*, fantôme*, robot*, dragon*,
        méchant, suspect*, victime*, enlèvement, disparition, trahison, vengeance,
        rebondissement*, conclusion, dénouement
    """),
    "origin": phrases("""
        pièce de théâtre, opéra, bande dessinée, manga, jeu vidéo, podcast, trilogie, reboot,
        bande originale, orchestre, compositeur*, tourné, tournée, tournage, enregistré*,
        renouvelé*, annulé*, coulisses, plateau de tournage
    """),
    "danger": phrases("""
        au volant, en conduisant, sautez, sauter du, du toit, sans casque, vous le paierez,
        vous allez le payer
    """),
    "groups": phrases("""
        femmes, hommes, filles, garçons, mauviette*, ménagères, touristes, génération*, blondes
    """),
    "subscriptions": phrases("""
        votre forfait, premium, abonné*, mois d'essai, mise à niveau, adhésion, cadeau*,
        rapporte une, dons, associations, fidélité, ouvert à tous, refus, refusé*
    """),
    "readers": phrases("""
        vous avez l'air, vous semblez, vous étiez, vous paraissez, on l'a senti,
        nous l'avons senti, mauvaise journée, les autres disent
    """),
    "durations": phrases("""
        pause déjeuner, pause-café, plus court que, plus courte que, plus long que,
        en un clin d'œil, durée
    """),
}
