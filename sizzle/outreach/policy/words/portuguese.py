"""Portuguese."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases

PORTUGUESE = LanguageWords(
    numbers=phrases("""
        zero, euro, euros, dólar*, reais, centavos, dois, duas, três, quatro, cinco, seis, sete,
        oito, nove, dez, onze, doze, quinze, vinte, trinta, quarenta, cinquenta, cem, cento, mil,
        milhão, milhões, dúzia*, por cento, metade, dobro, triplo, terço, treze, catorze,
        quatorze, dezesseis, dezasseis, dezessete, dezassete, dezoito, dezenove, dezanove,
        sessenta, setenta, oitenta, noventa, duzent*, trezent*, *centos, *centas, quinhent*,
        terceir*, quarta temporada, quint*, sexta, sexto, sétim*, oitav*, noven*, nono, nona,
        décim*, *gésim*, dezena*, centena*, milhares, libras, rublos, rupias, francos, pesos,
        ienes, trio, duo, quarteto, quinteto
    """),
    days=phrases("""
        amanhã, ontem, depois de amanhã, próxima semana, semana que vem, mês que vem,
        próximo mês, ano que vem, este ano, em breve, nova temporada, última temporada,
        meia-noite, meio-dia, década*, século, natal, véspera de natal, ano novo, réveillon,
        páscoa, carnaval, dia dos namorados, ramadã, finados, quinzena, em uma semana,
        daqui a uma semana, em um mês, em poucos dias, próximo verão, próximo inverno, feriado*,
        fim do mês, fim do ano, final do mês, final do ano, início do mês, trimestre*
    """),
    story=phrases("""
        conta a história, a história de, história de um, história de uma, acompanha, se passa,
        passa-se, dirigid*, realizad*, diretor*, realizador*, escrito por, escrita por, autor*,
        ator, atriz, atores, elenco, basead*, adaptad*, inspirad*, história real, um homem,
        uma mulher, um menino, uma menina, uma família, personagem*, protagonista*, detetive*,
        assassin*, romance de, livro, livros, episódio*, capítulo*
    """),
    first_person=phrases("""
        eu, meu, minha, meus, minhas, mim
    """),
    urgency=phrases("""
        antes que desapareça, desaparece, corra, depressa, última chance, última oportunidade,
        agora ou nunca, não perca, não percas, não espere, antes que seja tarde, tarde demais,
        só hoje, somente hoje, apenas hoje, só esta noite, tempo limitado, oferta limitada,
        termina hoje, acaba hoje, expira, imediatamente, urgente*, últimas vagas, poucas vagas,
        vagas limitadas, quase esgotad*, esgotad*, senão você
    """),
    judgement=phrases("""
        idiota*, estúpid*, burro, burra, imbecil*, preguiços*, você está sozinh*, estás sozinh*,
        solitári*, você precisa, você deve, tens de, você deveria, você merece, mereces,
        pessoas como você, alguém como você, na sua idade, na tua idade, notamos que, reparámos,
        vimos que você, sabemos que, conhecemos você, suas dívidas, sua saúde, seu peso,
        seus filhos, sua solidão, seus amigos, teus amigos, seus vizinhos, seus colegas,
        todos menos você
    """),
    sensitive=phrases("""
        católic*, cristã*, cristão*, muçulman*, islâm*, judeu*, judi*, budista*, ateu*,
        religios*, gay, gays, lésbica*, homossexua*, bissexua*, transexua*, divorciad*,
        grávida*, deficiente*, imigrante*, refugiad*, alcoólatra*, câncer
    """),
    secrets=phrases("""
        senha*, palavra-passe, cartão de crédito, número do cartão, conta bancária, código pin,
        confirme sua conta, seu banco, sua conta, tua conta, seu cartão, dados bancários,
        faça login, cpf, iban, cartão-presente
    """),
    profanity=phrases("""
        merda*, porra, caralho*, foda*, foder, puta*, puto, cu, buceta, viado*, bicha, babaca*,
        arrombad*, pelad*, nudez, sexy, pornô*, porno*
    """),
    talk=phrases("""
        como uma ia, modelo de linguagem, inteligência artificial, não posso, desculpe,
        sinto muito, aqui está, tradução, assunto:, mensagem:, sms:, texto:, título:, prezado*,
        caro cliente, json, instruç*, atenciosamente, clique aqui, inscreva-se, baixe, anexo,
        espectador*, código qr, escaneie, app store, play store, ligue para, ligue já,
        contate-nos
    """),
    claims={
        "free": phrases("""
            grátis, gratuit*, sem custo, de graça, sem pagar, não custa nada, custo zero,
            por conta da casa, nada a pagar, sem compromisso, sem custos, sem taxas
        """),
        "guarantee": phrases("""
            garanti*, sem risco, prometemos, promessa*, vai adorar, vais adorar, reembols*,
            devolvemos, dinheiro de volta, satisfação, não decepciona*, não vai decepcionar,
            não desaponta*, não vai se arrepender, juramos, palavra de honra, asseguramos
        """),
        "superlative": phrases("""
            o melhor, a melhor, os melhores, as melhores, número um, nº 1, incomparável*,
            imbatível*, do mundo, do ano, de todos os tempos, obra-prima, o mais, a mais
        """),
        "award": phrases("""
            premiad*, prêmio*, prémio*, oscar*, óscar*, emmy*, indicad*, nomead*, vencedor*,
            aclamad*, crítica, críticos, troféu*, medalha*, laure*, elogiad*
        """),
        "exclusive": phrases("""
            exclusiv*, só aqui, em nenhum outro lugar, estreia mundial
        """),
        "discount": phrases("""
            desconto*, promoção, promoções, barat*, metade do preço, economize
        """),
        "popular": phrases("""
            todo mundo está, toda a gente, todos falam, em alta, viral*, mais vist*, popular*,
            famos*, sucesso, fenômeno, fenómeno, lendári*
        """),
        "health": phrases("""
            cura, terapia*, ansiedade, depressão, insônia, insónia
        """),
        "approval": phrases("""
            aprovação imediata, pré-aprovad*, aprovad*, sem consulta, sem juros, dinheiro fácil,
            dinheiro rápido, juro zero, menor taxa
        """),
    },
    harmless=phrases("""
        só precisa, não precisa, você só precisa, você não precisa, você não deve
    """),
)
