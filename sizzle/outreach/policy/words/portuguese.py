"""Portuguese."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases

PORTUGUESE = LanguageWords(
    numbers=phrases("""
        zero, euro, euros, dólar*, reais, centavos, dois, duas, três, quatro, cinco, seis, sete,
        oito, nove, dez, onze, doze, quinze, vinte, trinta, quarenta, cinquenta, cem, cento, mil,
        milhão, milhões, dúzia*, por cento, metade, dobro, triplo, terço
    """),
    days=phrases("""
        amanhã, ontem, depois de amanhã, próxima semana, semana que vem, mês que vem,
        próximo mês, ano que vem, este ano, em breve, nova temporada, última temporada,
        meia-noite, meio-dia, década*, século
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
        termina hoje, acaba hoje, expira, imediatamente, urgente*
    """),
    judgement=phrases("""
        idiota*, estúpid*, burro, burra, imbecil*, preguiços*, você está sozinh*,
        estás sozinh*, solitári*, você precisa, você deve, tens de, você deveria,
        você merece, mereces, pessoas como você, alguém como você, na sua idade, na tua idade,
        notamos que, reparámos, vimos que você, sabemos que, conhecemos você, suas dívidas,
        sua saúde, seu peso, seus filhos, sua solidão
    """),
    sensitive=phrases("""
        católic*, cristã*, cristão*, muçulman*, islâm*, judeu*, judi*, budista*, ateu*,
        religios*, gay, gays, lésbica*, homossexua*, bissexua*, transexua*, divorciad*,
        grávida*, deficiente*, imigrante*, refugiad*, alcoólatra*, câncer
    """),
    secrets=phrases("""
        senha*, palavra-passe, cartão de crédito, número do cartão, conta bancária,
        código pin, confirme sua conta, seu banco
    """),
    profanity=phrases("""
        merda*, porra, caralho*, foda*, foder, puta*, puto, cu, buceta, viado*, bicha, babaca*,
        arrombad*, pelad*, nudez, sexy, pornô*, porno*
    """),
    talk=phrases("""
        como uma ia, modelo de linguagem, inteligência artificial, não posso, desculpe,
        sinto muito, aqui está, tradução, assunto:, mensagem:, sms:, texto:, título:, prezado*,
        caro cliente, json, instruç*, atenciosamente, clique aqui, inscreva-se, baixe, anexo,
        espectador*
    """),
    claims={
        "free": phrases("""
            grátis, gratuit*, sem custo, de graça, sem pagar
        """),
        "guarantee": phrases("""
            garanti*, sem risco, prometemos, promessa*, vai adorar, vais adorar
        """),
        "superlative": phrases("""
            o melhor, a melhor, os melhores, as melhores, número um, nº 1, incomparável*,
            imbatível*, do mundo, do ano, de todos os tempos, obra-prima, o mais, a mais
        """),
        "award": phrases("""
            premiad*, prêmio*, prémio*, oscar*, óscar*, emmy*, indicad*, nomead*, vencedor*,
            aclamad*, crítica, críticos
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
)
