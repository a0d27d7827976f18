"""Spanish."""

from sizzle.outreach.policy.words.language_words import phrases

SPANISH = {
    "health": phrases("""
        salud, saludable*, medicina para,
        tensión arterial, presión arterial, colesterol, calorías, adelgaz*, dieta*, pastilla*,
        píldora*, medicamento*, médico*, remedio*, síntoma*, enfermedad*, enferm*, dolor*,
        migraña*, estresad*, cerebro, desintoxica*, vitamina*, hormona*, tratamiento*, bienestar,
        clínic*, pacientes, alivia*, reduce tu, reduce el, mejora tu, mejora el, bueno para tu,
        refuerza*, dormir mejor, dormirás, ayudará a dormir, ayuda a dormir, resaca, pena de amor,
        rejuvenec*, más list*, más inteligent*, alergia*
    """),
    "money": phrases("""
        cuesta, cuestan, coste, costes, costar, pagar, pago, pagos, dinero, efectivo, impuesto*,
        deuda*, tipo de interés, intereses, interés del, cuota*, ganar, ganas dinero, ganarás,
        ganancia*, beneficio*, riqueza, céntimo*, asequible*, económic*, presupuesto*, inver*,
        rentab*, monedero, comisión, comisiones, depósito, hipoteca*, prestar, prestamista*,
        historial, factura*, sueldo, salario, ingresos, pensión, ahorros, ahorro, transferencia*,
        lotería, sorteo*, rifa*, suscripción*, cuatro duros, menos que un café, menos de lo que
    """),
    "law": phrases("""
        legales, legalmente, ley, leyes, derecho a, tus derechos, tu derecho, abogad*, tribunal*,
        jurídic*, seguro de, asegurad*, deducible*, subvenci*, licencia*, certifica*, autorizad*,
        oficial*, cancela*, cancelar, desistimiento, contrato*, obligad*, obligación, obligatori*,
        penaliza*, sanción*, indemniz*, recomendado por, avalad*, aprobado por, el estado,
        de por vida, consent*, multa*, sujeto a, condiciones aplican, vinculante*
    """),
    "politics": phrases("""
        gobierno*, elecci*, elegid* presidente, voto, votos, vota, votar, votante*, president*,
        ministr*, parlamento*, senado*, diputad*, polític*, ultraderecha, socialis*, comunis*,
        fascis*, nazi*, sánchez, vox, podemos cambiar, brexit, otan, inmigra*, aborto,
        manifestaci*, protesta*, revoluci*, régimen, propaganda, vacuna*, conspira*, trump, putin,
        sindicato*, huelga*, mentiras
    """),
    "people": phrases("""
        vecin*, compañer*, jefe, jefa, tu ex, tu madre, tu padre, tu hermana, tu hermano, tu hijo,
        tu hija, tu bebé, tus padres, tu abuela, tu familia, tu amigo, tu amiga, tu novio,
        tu novia, tu pareja, tu esposo, tu esposa, viud*, esperas un, esperando un, recién nacid*,
        ruptura, separaci*, separad*, divorci*, tu cumpleaños, tu boda, tu trabajo, tu empleo,
        tu calle, tu ciudad, tu barrio, cerca de ti, tu dirección, tu últim*, has buscado,
        has comprado, te acostaste, trabajas en, desemplead*, jubilad*, menopausia, adolescente*,
        estudiante*, miembros como tú, otros miembros, otro miembro, otros usuarios, todos en tu,
        todo el mundo en, vosotros dos, los dos solos, tu origen, sobrepeso
    """),
    "children": phrases("""
        niñ*, crío*, peque, peques, chaval*, escolar*, alumn*, adolescente*, menores, bebé, bebés,
        los más pequeños, grandes y pequeños, todas las edades, cualquier edad, toda la familia,
        en familia, guardería, cuento para dormir
    """),
    "technology": phrases("""
        4k, 8k, hd, uhd, hdr, ultra hd, alta definición, dolby, surround, imax, sin conexión,
        doblad*, doblaje, subtitul*, subtítulo*, audiodescripción, versión original, sin censura,
        sin cortes, versión extendida, restaurad*, remasteriz*, blanco y negro, 3d,
        realidad virtual, en todo el mundo, todo el mundo puede, mundial*, en todos los países,
        cualquier país, sin anuncios, sin publicidad, publicidad, anuncios, en cines, en el cine,
        en dvd, blu-ray, consola*, todos tus dispositivos, cualquier dispositivo,
        todos los dispositivos, wifi, wi-fi, instala*, en directo, simultáne*
    """),
    "excess": phrases("""
        toda la noche, hasta el amanecer, hasta la madrugada, sin dormir, olvida dormir,
        olvídate de dormir, no duermas, no podrás parar, no podrás dejar, no poder parar,
        imposible parar, imposible dejar, sin parar, de un tirón, de una sentada, otro episodio,
        un episodio más, solo uno más, dependenc*, engancha*, enganch*, adicci*, obsesi*,
        maratón*, maratones, falta al trabajo, faltar al, borrach*, vodka, whisky, alcohol*,
        porro, cigarr*, fumar, droga*, cocaína, apuesta*, apostar, casino*, ni para comer
    """),
    "violence": phrases("""
        matar, maten, bomba*, pistola*, fusil*, dispar*, apuñal*, baño de sangre, masacre*,
        terroris*, tortura*, suicid*, violar, cadáver*, odio, odia, odiar, morir, muere, mueras,
        estrangul*, envenen*, veneno
    """),
    "scarcity": phrases("""
        no estará, no durará, por poco tiempo, poco tiempo, se despide, adiós a, despedida,
        nos deja, nos abandona, el reloj corre, reloj corre, cuenta atrás, tic tac,
        última llamada, última noche, última semana, última vez, por última vez, antes que nadie,
        llega a su fin, toca a su fin, fecha límite, el primero en, la primera en,
        lista de espera, reserva tu, limitad*, nunca más, no volverá, una sola vez, sola vez,
        quedarte fuera, te quedes fuera, quedarse atrás, perderás, mientras puedas,
        mientras quede*, arrepent*, aprovecha ya
    """),
    "comparison": phrases("""
        supera, superan, deja atrás, dejan atrás, eclipsa, más oscur* que, más divertid* que,
        que cualquier, que ningun*, como ninguna, como ningún, como nada, sin igual, sin rival,
        nada se le, nada como, nada igual, todas las demás, todos los demás, las otras series,
        otras series, otras películas, otras plataformas, otra plataforma, cualquier otra,
        cualquier otro, competenc*, rival*, comparaci*, compara*, fuera de serie, superior*,
        revolucionari*, genial*, top diez, lista de éxitos, sustituye*, reemplaza*,
        en lugar de tu, olvida netflix, si te gustó, si te encantó, del equipo de,
        de los creadores, del estudio, estatuilla*, estatua dorada, alfombra roja, la prensa,
        nota máxima
    """),
    "contact": phrases("""
        síguenos, síganos, búscanos, búsquenos, encuéntranos, escríbenos, usuario,
        nombre de usuario, hashtag, nuestro canal, nuestro grupo, nuestra tienda, nuestro sitio,
        sitio web, página web, redes sociales, punto com, punto es, punto net, punto ly, arroba,
        tiktok, instagram, telegram, whatsapp, discord, palabra clave, teléfono, llámanos, socio*,
        patrocin*, presentado por, en colaboración, al revés, en el espejo, entre líneas,
        deletre*, opción a, opción b
    """),
    "roles": phrases("""
        mayordomo, alcalde*, alcaldesa, enfermer*, abogad*, juez, jueza, soldado*, espía*, el rey,
        la reina, un rey, una reina, príncipe, princesa, ladrón, ladrones, ladrona, gánster*,
        científic*, profesor*, sacerdote*, periodista*, sheriff, inspector*, huérfan*, gemel*,
        extraterrestre*, zombi*, vampiro*, bruja*, robot*, dragón, dragones, villan*, heroína,
        héroe, sospechos*, víctima*, secuestr*, desaparición, traici*, venganza, giro final,
        desenlace
    """),
    "origin": phrases("""
        obra de teatro, ópera, cómic*, manga, videojuego*, podcast, trilogía, banda sonora,
        orquesta, compositor*, se rodó, rodad*, rodaje, grabad*, renovad*, cancelad*, elenco,
        entre bastidores, canciones, bailes, musical
    """),
    "danger": phrases("""
        al volante, conduciendo, mientras conduces, salta desde, saltar desde, sin casco,
        lo pagarás
    """),
    "groups": phrases("""
        mujeres, hombres, chicas, chicos, cobardes, debiluch*, amas de casa, turistas, generación,
        rubias
    """),
    "subscriptions": phrases("""
        tu plan, tu tarifa, paquete, premium, suscrib*, suscript*, mes de prueba,
        período de prueba, membresía, donaci*, solidari*, fidelidad, abierto a todos, rechaz*,
        vacaciones de, de tus sueños
    """),
    "readers": phrases("""
        pareces, se te ve, estabas, has estado, te notamos, mal día, los demás dirán, qué dirán
    """),
    "durations": phrases("""
        pausa del café, más corta que, más corto que, más larga que, en un abrir, duración,
        variante, borrador
    """),
}
