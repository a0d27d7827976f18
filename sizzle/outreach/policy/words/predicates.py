"""What may be said of a title right after its name: a closed list, all else needs a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sizzle.outreach.policy.words.language_words import words


@dataclass(frozen=True)
class Predicates:
    """Words that may follow a title, in small letters.

    Attributes:
        light: words that say nothing by themselves: the next one is looked at.
        ends: words that begin another part, which other checks read.
        copulas: "is" and the like: what follows has to be among `complements`.
        complements: how a title may be said to be.
        verbs: what a title may be said to do, or somebody to do with it.
    """

    light: frozenset[str]
    ends: frozenset[str]
    copulas: frozenset[str]
    complements: frozenset[str]
    verbs: frozenset[str]


_ENGLISH: Final = Predicates(
    light=words("""
        also always already just now simply still then will would can could may might should
        must has have had to not never quietly gently slowly gladly softly soon really only even
        again today tonight perhaps maybe surely does do did doesn't don't didn't can't won't
        isn't be been being gets you us we they it i one your our its that which who there here
    """),
    ends=words("""
        a an the and or but nor so yet for from of in into on onto at by with without within to
        under over behind before after between through during until till as if when while where
        whenever wherever because since than like about around along across against among beyond
        beside beneath near next off out past up down upon via what why how whoever whatever
        anyway any some all both this these those my his her their
    """),
    copulas=words("is are was were isn't aren't wasn't be seems feels looks sounds remains stays"),
    complements=words("""
        ready waiting here there back on out yours best better not no nothing good great lovely
        perfect made meant right just only never always calm quiet dark darker light warm cold
        cool slow long short strange tender gentle tense funny bright bold soft sharp wild still
        moody lively gripping thrilling exciting intriguing mysterious curious warmer close near
        far coming starting beginning playing set built sitting one new worth something
        everything enough easy simple different patient happy glad available up part company
        more less exactly almost as also already about all half full hidden alive awake asleep
        open wonderful beautiful charming cosy comforting haunting absorbing atmospheric
        suspenseful like at in for to your our his its the a an of off over from with without
        because what where why how when tonight today now home good-humoured unhurried
        understated another equally especially rather quite very so too pure plain that this
    """),
    verbs=words("""
        brought kept took came began waited called turned gave left sat played accompanies costs
        rented watched seen streamed found started paused enjoyed arrives arrive asks awaits
        await awaken awakens begins begin belongs belong breathes brings bring builds build
        burns carries carry casts catches changes cheers circles comes come continues creeps
        crosses dances delights demands doesn't draws drifts drops drop echoes ends enters
        explores explained fills finds find fit fits flickers floats flows follow follows gives
        give glows goes go grips grows guides hangs happen happens has have holds hold hums
        interest interests invites invite joins keeps keep knocks knows know lasts lead leads
        leans leaves leave lends let lets lies lifts lights like likes linger lingers lives look
        looks lulls lures make makes meet meets moves need needs offer offers open opens passes
        pause pauses picked play plays prefers pull pulls puts put reach reaches reads return
        returns reveals rewards rises rolls run runs sail sails saved say says see seem seems
        sends send sets set settles shines show shows sings sit sits slips slow slows smoulders
        sneaks sounds speaks spins stands start starts stay stays stirs stops streams suit suits
        surprise surprises sweeps take takes tastes tell tempts thrives tiptoes travels turn
        turns unfolds unwinds wait waits wake wakes walks wander wanders want wants warms watch
        welcomes went whisper whispers whisks winds wishes won wonders work works would
        understands unlocks reel collection trailer scenes clip clips preview evening night fan
        fans story moments together whole first loves might mixes minds deserve love enjoy try
        playing waiting ready instead anyway perfectly well too alone later slowly softly
        already yours nicely please yourself
    """),
)
_GERMAN: Final = Predicates(
    light=words("""
        auch schon jetzt nun noch nur einfach gern gerne gleich bald heute immer wieder
        vielleicht ganz sich sie ihnen ihr dir dich du uns wir euch man es er ja doch da dann
        hier eben so nicht nie wird werden kann können darf dürfen mag möchte möchten würde hat
        haben will wollen soll sollte sollten muss gut besonders leise langsam ruhig sanft wohl
        sehr
    """),
    ends=words("""
        ein eine einen einem einer eines der die das den dem des und oder aber denn sondern für
        mit von vom aus ab an am auf in im ins bei beim bis nach über unter vor vorm hinter
        neben zwischen durch gegen ohne um zu zum zur als wie wenn weil während wo was wer warum
        wann dass ob damit jede jeder jedes jeden alle alles etwas kein keine keinen ihre ihrem
        ihren ihrer ihres seine seinen unser unsere unseren dieser diese dieses welche welcher
        welches statt trotz samt genau jedenfalls sonst selbst mehr viel
    """),
    copulas=words("ist sind war waren sei wäre bleibt wirkt scheint klingt"),
    complements=words("""
        da bereit hier dabei wieder zurück nun jetzt endlich dran fertig gemacht gedacht richtig
        gerade genau recht nicht kein keine nichts etwas alles mehr so wie ein eine einer eines
        der die das für mit von aus in im am an auf bei ohne zu ihr ihre unser unsere gut schön
        still leise ruhig dunkel düster warm kalt kühl spannend packend witzig komisch zart
        sanft wild fesselnd geheimnisvoll stimmungsvoll lebhaft kurz lang langsam neu nah fern
        weit offen unterwegs daheim startklar angekommen eingetroffen gelandet wach geduldig
        erst schon auch besser angenehm wunderbar perfekt passend ideal genug einfach verfügbar
        abrufbar anders heute eben immer noch weder teil sehr ganz ziemlich ja was wo wenn
    """),
    verbs=words("""
        brachte kam begann ließ nahm hielt blieb führte weckte legt ankommen kostet ansehen
        anschauen anfangen anmachen ausprobieren atmet bietet beginnt beginnen begleitet belohnt
        bewegt bleibt braucht brauchen bringt bringen dreht drückt einladen einlegen einschalten
        empfängt endet entdecken entfaltet entführt erleben eröffnet erwartet erwarten erwacht
        fährt fängt findet finden flüstert folgt fragt freut führt führen funkelt fügt fühlt
        füllt geht gehen gehört genießen genügt gibt gleitet glänzt gönnen hält halten hat haben
        hängt hebt heißt hinterlässt holt holen hören interessiert jagt kennen kennt klettert
        klingt klopft knistert kommt kommen kennenlernen kreist lädt landet lassen lässt lauert
        läuft laufen lebt leiht leihen leistet leuchtet lesen liegt lockt loslegen macht machen
        malt meldet mischt mitnehmen nachlesen nehmen nimmt öffnet packt passt passen pausieren
        probieren raubt reicht reist reisen rollt rückt ruft sagt schaltet schauen schaut
        scheint schenkt schickt schlägt schleicht schmeckt schwebt sehen setzt singt sitzt sorgt
        spielt spricht spüren stellt steht stehen starten startet steckt steigt streamen strahlt
        sucht taucht teilen tut träumen treffen trägt treibt tritt trifft tröstet überrascht
        umarmt unterhält vergessen verbindet verbringen verdient verführt verweilen verrät
        versteht vorbei vormerken wacht wächst wagt wandert wärmt warten wartet wechselt weckt
        weiß wirft wirkt wissen wünscht zaubert zeigt ziehen zieht zuschauen zusammen allein
        gemeinsam weiter bereit los entgegen später abends startklar lieben lernt erzählen
        stöbern
    """),
)
_FRENCH: Final = Predicates(
    light=words("""
        ne n' se s' vous te t' nous on me lui leur y en il elle ils elles aussi déjà encore
        toujours jamais pas plus bien peut pourrait va vont ira iront doit devrait sait saura a
        ont aura avait ici là enfin puis alors doucement tranquillement simplement tout très
        juste ce que qui
    """),
    ends=words("""
        un une le la les l' des du de d' au aux à et ou mais ni car donc or pour par avec sans
        sous sur dans en chez vers entre avant après pendant depuis dès jusque selon contre
        malgré comme quand si lorsque parce où dont ce cet cette ces mon ton son notre votre vos
        nos ses leurs chaque tous toute toutes rien beaucoup autant côté près loin autour hors
        même quoi pourquoi comment besoin dehors dedans ensemble
    """),
    copulas=words("soit est sont était sera seront c'est semble paraît reste n'est"),
    complements=words("""
        là prêt prête prêts prêtes ici arrivé arrivée de pour à en un une le la les des du au
        aux fait faite faits faites parmi votre notre dans sur sous chez avec sans pas plus déjà
        toujours encore aussi bien bon bonne beau belle calme doux douce sombre tendre drôle vif
        vive court courte long longue lent lente chaud chaude froid froide étrange mystérieux
        mystérieuse captivant captivante prenant prenante haletant haletante envoûtant
        envoûtante intense palpitant palpitante parfait parfaite idéal idéale disponible nouveau
        nouvelle ouvert ouverte patient patiente proche loin tout toute juste ce celui celle
        comme entre très peut-être enfin arrivés choisi choisie rien que où quand celles ceux d'
        l' d'une d'un l'histoire l'ami l'endroit
    """),
    verbs=words("""
        apportait prit fit donna accompagne plaire coûte accompagner aime aller allume apporte
        appelle apprivoise arrête arrive arriver attend attendent attire avance berce bouscule
        brille cache chante change choisies choisis commence commencer comprend connaît conduit
        continue convient convaincre coule découvrir débarque débute demande démarre descend
        dévoile donne donner emmène emporte enchante entraîne entre envoûte envoyer éveille
        éclaire explore fait faire file flotte glisse goûte guide ira interpelle intéresse
        intrigue invite joue laisse lance lit louer loue lever marche mène mérite met montre
        montrer murmure nourrit occupe offre ouvre parle part partir partage passe picore plaît
        plonge porte pose pourra prend prendre prépare presse promène prolonge propose quitte
        raccompagne ralentit rappelle réchauffe récompense regarde regarder rejoint remplit rend
        rencontre repose reprend respire rester reste retient retrouve réunit réveille révèle
        revient rêver rire s'accorde s'adapte s'apprécie s'écoute s'installe s'invite s'ouvre
        s'occupe s'arrête s'y s'en n'attend n'attendent n'est n'a n'en n'y savourer sert sort
        sortir souffle suit suivre surgit surprend tient tire tombe touche tourne traverse
        trouve vaut vibre vient venir visite vit voir voit voyage voyager voyez veille suggère
        montage bande-annonce aperçu extrait soirée idéal idéale parfait parfaite seul seule
        ensemble tranquille s'annonce s'apprivoise s'éteint s'élance attendra accompagnera
        emmènera sourire dormir frissonner découvre installe
    """),
)
_SPANISH: Final = Predicates(
    light=words("""
        te se le les nos os me lo la ya también no nunca siempre aquí ahora hoy luego aún
        todavía bien muy más solo sólo puede podría va van debe sabe ha han que quizá quizás así
        casi simplemente despacio tranquilamente suavemente
    """),
    ends=words("""
        un una unos unas el la los las lo al del de a y e o u ni pero sino para por con sin
        sobre bajo en entre hasta desde hacia según contra tras durante ante como cuando si
        porque donde mientras aunque pues tu tus su sus nuestro nuestra nuestros nuestras este
        esta ese esa cada todo toda todos todas mucho nada algo cualquier junto además cerca
        lejos fuera dentro qué quién cómo dónde mejor
    """),
    copulas=words("sea es son era está están estaba estará será sería parece queda sigue"),
    complements=words("""
        un una el la los las lo de del para por con sin en a al ante sobre tu tus su nuestra
        nuestro aquí ahí listo lista listos listas esperando disponible bien bueno buena mejor
        ideal perfecto perfecta así como cuando donde algo nada todo toda tan muy más menos ya
        casi solo sólo también no ni nuevo nueva tranquilo tranquila oscuro oscura suave tierno
        tierna divertido divertida intenso intensa lento lenta corto corta largo larga cálido
        cálida frío fría extraño extraña misterioso misteriosa emocionante intrigante cautivador
        cautivadora absorbente inquietante cerca lejos abierto abierta hecho hecha pensado
        pensada paciente parte compañía preparado preparada servido servida ese esa eso este
        esta esto que entre hoy quieto quieta despierto despierta encendido encendida
    """),
    verbs=words("""
        hizo trajo llevó dejó zarpa abraza cuesta abre abren acompaña acompañan acaba adelanta
        alarga alquila ama anima apetece aparece arranca arrancan asoma atrapa aguarda baja
        baila brilla busca cabe cambia camina canta cae comienza comienzan combina conoce
        consigue continúa conquista convence cruza da dan deja descansa descubre despierta
        disfruta disfrutar echa elegidas empieza empiezan encaja encanta enciende encuentra
        enseña enseñe entra envuelve escucha esconde espera esperan estrena estrenan existe
        explora fluye guarda guía gusta habla hace hacen haz huele ilumina invita interesa
        intriga juega lanza late levanta llega llegan llama llena llenan lleva llevan luce marca
        mece mezcla merece mira mirar mueve muestra mueven nace navega necesita observa ocupa
        ofrece pasa pega pide pinta planta pone prefiere prepara presta propone queda quedan
        quiere rebobina recoge recorre recuerda regresa reúne respira rinde rodea roza sabe saca
        saluda saborea sale salen seduce sienta siente sigue sirve sorprende sube sueña suena
        suelta susurra tiembla tiene tienen tira toca toma trae traen transporta une va vale van
        ve ven ver vive viene vienen vuela vuelve vuelven viaja viajar reír avance reparte
        encarga está leer saber soñar descubrir esta juntos juntas sola solo tranquilo tranquila
        listo lista esperando conversa despacio deprisa
    """),
)

PREDICATES: Final[Mapping[str, Predicates]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
}
"""By language, of those that put the verb after its subject with a space between."""
