"""Spanish."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases, words

SPANISH = LanguageWords(
    openers=words("""
        información a abre abrid acomódate además adelante ahora al algo alguien algún alguna
        algunas algunos ahí allí amantes ambiente antes apaga apagad apague aprieta aquella
        aquellas aquí así atrévete aún aunque baja bajo bien bienvenida bienvenido bienvenidos
        buen buena buenas bueno busca buscas cada calma calles cambia casi cierra como cómo con
        conoce contigo continúa corre cosas cuando cuándo cuanto cuéntanos cualquier date de deja
        dejad déjate del demos dentro desde desconecta descubra descubre descubrid después detrás
        dinos disfruta disfrutad disfrute donde dónde dos durante echa el él ella ellas ellos
        elige emoción empieza en encontrarás enciende encuentra entra entre eres es esa esas
        escapa escápate escoge escucha ese esos esta está estas estás este estos explora fans
        frío ganas gente gracias gran guarda guárdala guárdalo ha hace hacia hagamos hasta hay
        haz hemos historias hola hora hoy hogar imagina incluso invita invierno ir ¿listo justo
        la las le les leve linterna listo lista listos llega llegó lleva llévate lo los luces
        luego luz lluvia mantita más manta me mejor menos mientras mira mirad mis misma mismo
        misterio muchas mucho muchos música muy nada nadie ni ningún ninguna no noche noches nos
        nosotros nuestra nuestras nuestro nuestros nueva nuevas nuevo nuevos nunca o ojalá ojos
        olvida olvídate os otra otras otro otros palomitas para pasa pausa pasen película
        películas pero pocas poco ponte pon poneos por porque prepara preparad prepárate pocos
        primero primera probar prueba pruébala pruébalo puede puedes pues pulsa pulsad que qué
        quédate queremos quien quién quienes quieres quizá quizás recuerda regálate reúne
        relájate respira ríe sabemos sal saca saludos se sea será serie series si sí siempre
        sigue siéntate siente silencio sin sobre solo sólo sombras son sonríe sorpréndete su sube
        suelta sus suspense también tampoco tan tanto tarde te té temprano ten tenemos tenías
        tiempo tienes toca toda todas todavía todo todos toma tómate tras tres tu tú tus un una
        unas unos usted ustedes ¿te va vamos van ve ven venga ver verás vete viaja viaje vive
        vosotros vuelve vuestra vuestro y ya yo hoja aventura dale fuera comparte compártela
        compártelo luces, ¿buscas ¿qué ¿y ¿a ¿sabes ¿cómo ¿por nieve empezamos perfecto genial
        vale claro estupendo exacto fácil palabra verdad adiós pronto afuera adentro arriba abajo
        cerca lejos ayer verano otoño primavera luna sol mar viento niebla café chocolate cena
        sofá volumen pantalla cortinas zapatillas calcetines échale échales acurrúcate arrópate
        tranquilo tranquila aviso nieva llueve anochece amanece curiosidad intriga
    """),
    subject_verbs=words("""
        es era ha había vuelve regresa interpreta presenta firma brilla recomienda adora dice te
        invita escribe dirige lidera y hace puede quiere será conoce propone trae encarna llega
    """),
    numbers=phrases("""
        cero, euro, euros, dólar*, céntimos, pesos, yenes, dos, tres, cuatro, cinco, seis, siete,
        ocho, nueve, diez, once, doce, trece, catorce, quince, dieciséis, diecisiete, dieciocho,
        diecinueve, veint*, treinta, cuarenta, cincuenta, sesenta, setenta, ochenta, noventa,
        cien, ciento, cientos, mil, miles, millón, millones, docena*, por ciento, mitad, doble,
        triple, tercio, tercera, tercer, cuarta, quinta, décima, *cientos, *cientas, quinient*,
        *gésim*, segunda entrega, segunda temporada, segunda parte, segundo capítulo, sexta,
        sexto, séptim*, octav*, noven*, décim*, quinto, un cuarto, tercero, treinta*, rupia*,
        rublo*, peso, francos, libras, yuanes, quíntuple, cuádruple, cien mil, undécim*,
        duodécim*, decimo*, trío, dúo, cuarteto, quinteto, un par de millones
    """),
    days=phrases("""
        desde mañana, a partir de mañana, mañana mismo, mañana se, mañana por, mañana llega,
        ayer, pasado mañana, la próxima semana, próxima semana, la semana que viene,
        el mes que viene, próximo mes, el año que viene, este año, próximamente, muy pronto,
        nueva temporada, última temporada, temporada, medianoche, mediodía, década*, siglo,
        navidad*, nochebuena, nochevieja, año nuevo, reyes magos, semana santa, pascua*,
        san valentín, ramadán, todos los santos, quincena, en una semana, en un mes,
        en unos días, en pocos días, el próximo verano, el próximo invierno, festivos, carnaval,
        fin de mes, fin de año, final de mes, final de año, fines de mes, finales de,
        principios de, fin de semana que viene, trimestre*
    """),
    story=phrases("""
        cuenta la, cuenta con, narra, la historia de, historia de un, historia de una, sigue a,
        se desarrolla, ambientad*, dirigid*, director*, directora*, escrito por, escrita por,
        guionista*, autor*, autora*, actor*, actriz, actrices, protagonizad*, protagonista*,
        interpretad*, reparto, basad*, adaptación, adaptad*, inspirad*, secuela, historia real,
        él es, ella es, un hombre, una mujer, un chico, una chica, un niño, una niña,
        una familia, personaje*, detective*, policías, asesino*, asesinato*, novela, libro,
        libros, episodio*, capítulo*, cuyo, cuya, es un artículo, artículo
    """),
    first_person=phrases("""
        yo, mi, mis, me, mío, mía, soy, estoy, creo, conmigo
    """),
    urgency=phrases("""
        antes de que desaparezca, desaparece, desaparecerá, date prisa, dese prisa, apresúrate,
        apúrate, última oportunidad, últimas horas, últimos días, ahora o nunca,
        no te lo pierdas, no te la pierdas, no te pierdas, no se lo pierda, no os lo perdáis,
        no esperes, no espere, antes de que sea tarde, antes de que sea demasiado tarde,
        demasiado tarde, solo hoy, sólo hoy, solo por hoy, solo esta noche, sólo esta noche,
        únicamente hoy, oferta limitada, tiempo limitado, termina hoy, termina pronto, caduca,
        expira, inmediatamente, urgente*, de inmediato, ya mismo, quedan pocas, quedan pocos,
        se acaba, se agota, corre a, corre antes, corre que, corre y, últimas plazas,
        pocas plazas, plazas limitadas, casi agotad*, agotad*, si no lo haces, o perderás
    """),
    judgement=phrases("""
        idiota*, imbécil*, estúpid*, tont*, bobo, boba, eres vag*, vago, vaga, perezos*,
        estás aburrid*, te aburres, aburrid*, estás sol*, te sientes sol*, estás triste,
        tienes que, debes, deberías, debe usted, te mereces, mereces, gente como tú,
        alguien como tú, personas como tú, a tu edad, de tu edad, a su edad, hemos notado,
        hemos visto que, sabemos que, te conocemos, nunca has, no has visto, siempre olvidas,
        tu divorcio, tu enfermedad, tus deudas, tu salud, tu peso, tu religión, tus ingresos,
        tu salario, tu soledad, tus hijos, tu mujer, tu marido, como madre, como mujer,
        como hombre, adict*, no tienes amigos, tus amigos, tus amigas, sus amigos, tus vecinos,
        tus compañeros, todos menos tú
    """),
    sensitive=phrases("""
        católic*, cristian*, musulm*, islam*, judí*, hindú*, budista*, ateo, atea, religios*,
        gay, gais, lesbiana*, homosexual*, bisexual*, transexual*, divorciad*, embarazad*,
        discapacitad*, inmigrante*, refugiad*, alcohólic*, cáncer, seropositiv*
    """),
    secrets=phrases("""
        contraseña*, tarjeta de crédito, número de tarjeta, cuenta bancaria, código pin,
        número de la seguridad social, verifica tu cuenta, confirma tu cuenta, tu banco,
        tu cuenta, su cuenta, tu tarjeta, su tarjeta, datos bancarios, inicia sesión,
        iniciar sesión, dni, iban, tarjeta regalo, tarjetas regalo, código que recib*
    """),
    profanity=phrases("""
        mierda*, joder, jodid*, puta*, puto*, cabrón, cabron*, cabrona*, coño, gilipollas,
        hostia*, polla*, culo*, pendejo*, pendeja*, chingar, chingad*, verga, marica*, maricón*,
        zorra*, cojones, carajo, mamada*, desnud*, sexy, porno*
    """),
    talk=phrases("""
        como ia, como una ia, modelo de lenguaje, inteligencia artificial, no puedo, lo siento,
        claro que sí, por supuesto!, aquí tienes un mensaje, aquí está el, aquí está tu mensaje,
        traducción, asunto:, mensaje:, sms:, texto:, título:, estimado cliente, estimada cliente,
        estimado usuario, querido usuario, querido cliente, querido miembro, json, es un hecho,
        instruccion*, atentamente, saludos cordiales, haz clic aquí, haga clic aquí, suscríbete,
        regístrate, descarga, archivo adjunto, contáctanos, llámanos, espectador*, notificación,
        este mensaje, este correo, código qr, códigos qr, escanea*, app store, play store,
        responde sí, llama al, llama ya, reenvía*
    """),
    claims={
        "free": phrases("""
            gratis, gratuit*, sin coste, sin costo, sin cargo, sin pagar, regalamos,
            no cuesta nada, no te cuesta, no te costará, cero euros, coste cero, costo cero,
            invita la casa, corre de nuestra cuenta, sin compromiso, sin gasto*, de balde,
            de regalo, nada que pagar
        """),
        "guarantee": phrases("""
            garantizad*, garantiza*, garantía*, sin riesgo, prometemos, promesa*, te encantará,
            te va a encantar, asegurad*, devolvemos, devolución, devoluciones, reembols*,
            te devuelve, no decepciona*, no te decepcionará, nunca decepciona*, no decepcionará,
            no te arrepentirás, sin arrepentimientos, juramos, palabra de honor,
            damos nuestra palabra, satisfacción, satisfech*, jamás falla
        """),
        "superlative": phrases("""
            el mejor, la mejor, los mejores, las mejores, mejor serie, mejor película,
            número uno, n.º 1, nº 1, inigualable*, incomparable*, insuperable*, del mundo,
            del año, de la historia, de todos los tiempos, obra maestra, el más, la más,
            definitiv*
        """),
        "award": phrases("""
            premiad*, galardonad*, premio*, goya, goyas, oscar*, óscar*, emmy*, cannes, nominad*,
            ganador*, aclamad*, crítica, críticos, la crítica, trofeo*, medalla*, condecorad*,
            laurea*, elogiad*, alabad*, ovacionad*
        """),
        "exclusive": phrases("""
            exclusiv*, en primicia, primicia, en ningún otro lugar, solo aquí, preestreno
        """),
        "discount": phrases("""
            descuento*, rebaja*, oferta especial, promoción*, barat*, ahorra, mitad de precio,
            precio especial, ganga*, chollo*, vale descuento, cupón*, código promocional,
            a mitad de precio, precio reducido, precio rebajado, rebajad*, ahorro*, ahorras,
            ahorrarás, saldo*, liquidación
        """),
        "popular": phrases("""
            todo el mundo habla, todo el mundo la ve, todos hablan, todos ven, tendencia, viral*,
            más vista, más visto, popular*, famos*, éxito, fenómeno, legendari*, de culto,
            imprescindible*, reconocid*
        """),
        "health": phrases("""
            cura, cura el, sanar, terapia*, terapéutic*, ansiedad, depresión, insomnio, médic*
        """),
        "approval": phrases("""
            aprobación inmediata, preaprobad*, aprobad*, aprobación, sin aval*, sin comprobar,
            dinero fácil, dinero rápido, sin intereses, mejor tasa, interés cero,
            crédito fácil
        """),
    },
    harmless=phrases("""
        solo tienes que, sólo tienes que, no tienes que, tienes que hacer, no debes, sin prisa,
        sin prisas, no corre prisa, nunca es tarde, sigue a oscuras, sigue a tu ritmo
    """),
)
