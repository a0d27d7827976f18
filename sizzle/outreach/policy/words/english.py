"""English."""

from sizzle.outreach.policy.words.language_words import LanguageWords, phrases, words

ENGLISH = LanguageWords(
    openers=words("""
        information a about above across add after again against ahead all almost alone along
        already also although always an and another any anyone anything are around as ask at away
        back be because become before begin behind being below beneath beside between beyond big
        both breathe bring browse but by call calm can catch celebrate change check choose
        choosing clear click close come comfortable coming cosy could count curious curl dark
        darkness dear did dim discover dive do does doing don't done down dream drop during each
        early ease easy either end enjoy enough enter escape even evening evenings ever every
        everyone everything expect explore eyes fall fancy fans far feel feeling few find first
        five follow following for forget found four fresh friends from full gather get getting
        gift give go going good grab great greetings grab had half happy hard has have having
        headphones hear hello here here's hey hi hide hold hot house how if imagine in inside
        into introducing invite is isn't it it's its join jump just keep know last late later
        laugh lean learn leave less let let's life light lights like listen little lock long look
        looking lose lost love made make making many maybe meet mind mix moments more morning
        most mountains move movie much music mystery near need never new next nice night nights
        no nobody none not nothing now of off oh old on once one only open or other our ours out
        outside over pair pause peace perfect perhaps pick picked place play please plenty plot
        pour prefer press pull put quick quiet quietly rain rather reach read ready really relax
        relive remember rest return ride right road rush same save say season see seeing send set
        settle shadows share short should show shows shut silence simple since sit sleep slow
        small snow so some somebody someone something sometimes somewhere soon sound start
        starting stay step still stop stories storm story stream streaming streets subtitles such
        sunset suspense switch take taking tap tea tell thank thanks that that's the their then
        there there's these they thinking this those though three thrills through till time tired
        to today together tomorrow tonight too travel treat true try turn turned two under unwind
        until up use very visit wait waiting wander want wants warm was watch watching we we'd
        we'll we're we've wear weekend welcome well went were what what's when where whether
        which while who whoever why wide wild will winter wish with within without wonder
        wondering words would wrap yes yet you you'll you're you've your yours popcorn dinner
        breakfast lunch coffee cocoa chocolate blanket blankets sofa couch curtains curtain
        pyjamas pajamas slippers socks wind fog sun moon sky sea ocean water waves fire thunder
        autumn spring summer adventure romance comedy drama crime courage hope truth danger
        trouble home work traffic weather daylight dawn dusk volume screen phone popcorn's
        nobody's everybody's everyone's someone's nothing's something's tonight's today's
        winter's night's city's evening's agreed bonus deal enjoyable fair fine granted indeed
        intrigued lucky meanwhile naturally obviously pleased spoiler spoilers sorted understood
        warning warmer fewer couldn't wouldn't shouldn't didn't doesn't can't won't hasn't
        haven't weren't wasn't they'll they're he'd it'll it'd there'll that'll who's where's
        how's bedtime daydream distance horizon journeys snacks tickets seats doors windows
        rain's cats dogs friday's company goosebumps chills thirsty hungry tempted restless
        sleepless awake alone-time
    """),
    subject_verbs=words("""
        is was has had returns plays leads presents brings joins shines delivers recommends loves
        says invites thinks wants wrote directs stars made makes won and does did can will would
        returned played led presented brought joined delivered recommended knows calls gives
    """),
    numbers=phrases("""
        zero, dollar*, euro, euros, pound, pounds, pence, cents, yen, bucks, two, three, four,
        five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen,
        seventeen, eighteen, nineteen, twenty, thirty, forty, fifty, sixty, seventy, eighty,
        ninety, hundred*, thousand*, million*, billion*, dozen*, percent, half, twice, thrice,
        double, triple, third, fourth, fifth, sixth, tenth, hundredth, a quarter, *teenth*,
        *tieth*, seventh*, eighth*, ninth*, eleventh*, twelfth*, *hundredth*, *thousandth*,
        umpteenth, second season, second part, second chapter, second series, nineties, eighties,
        seventies, sixties, scores of, fifths, tenths, quadruple*, threefold, twofold, tenfold,
        nil, nought, rupee*, rupiah, ruble*, rouble*, peso*, franc, francs, krona, kronor, krone,
        kroner, lira, rand, shekel*, dinar*, dirham*, riyal*, baht, forint*, zloty*, yuan,
        renminbi, quid, bitcoin*, second episode, trio, trios, duo, quartet, quintet, sextet,
        triad, umpteen
    """),
    days=phrases("""
        tomorrow, yesterday, next week, next month, next year, last week, last month, last year,
        next weekend, this year, next season, season one, new season, final season, at midnight,
        at noon, o'clock, a decade, decades, century, this spring, this autumn, this fall, a.m.,
        p.m., coming soon, premieres, premiering, years ago, years old, christmas*, xmas, easter,
        halloween, thanksgiving, new year*, valentine*, black friday, cyber monday, ramadan,
        hanukkah, diwali, boxing day, fortnight*, in a week, in a month, in a year, within days,
        within weeks, within hours, in a few days, days left, hours left, weeks left, weekdays,
        hanukah, independence day, bank holiday, labor day, labour day, st patrick*, next spring,
        next summer, next autumn, next fall, next winter, solstice, mid-week, midweek,
        end of the week, end of the month, end of the year, month's end, year's end,
        end of month, start of the month, weeks from now, days from now, first quarter,
        second quarter, third quarter, fourth quarter
    """),
    story=phrases("""
        about a, about an, about the, about two, story of, tale of, tells, telling, follows,
        following, set in, set on, takes place, starring, stars, star of, featuring, features,
        directed, director, directors, producer*, created by, creator*, written by, writer*,
        author*, actor*, actress*, cast of, based on, adapted, adaptation, true story,
        true stories, inspired by, sequel, prequel, remake, spin-off, he, he's, she, she's, him,
        his, her, hers, who is, who are, who was, who has, who have, whose, the murder of,
        detective*, police, killer*, murder*, is a man, is a woman, young man, young woman, a boy,
        a girl, a family, protagonist*, character*, episodes, episode, novel*, book, books
    """),
    first_person=phrases("""
        i, i'm, i'll, i've, i'd, me, my, mine, myself
    """),
    urgency=phrases("""
        before it vanishes, vanishes, before it's gone, before it is gone, before it disappears,
        disappears, slipping away, time is running, hurry, hurry up, act now, act fast,
        last chance, final chance, now or never, don't miss, do not miss, don't wait, never miss,
        miss out, before it's too late, before it is too late, too late, only today, today only,
        tonight only, limited time, limited offer, ends soon, ending soon, ends today,
        ends tonight, expires, running out, run out, while it lasts, while supplies last,
        final hours, one-time, once in a lifetime, immediately, urgent*, right away, asap,
        countdown, leaving soon, gone soon, don't delay, quickly before, are left, is left,
        seats left, places left, spots left, only a few, remaining, last seats, last places,
        selling fast, selling out, sold out, almost gone, nearly gone, going fast, unless you,
        or else, otherwise you will, or you will
    """),
    judgement=phrases("""
        idiot*, stupid*, moron*, dumb, fool*, you are lazy, you're lazy, lazy, you are bored,
        you're bored, you are lonely, you're lonely, you are alone, you're alone, lonely,
        you are sad, you're sad, you are poor, you are broke, you're broke, you are old,
        you're too old, you are single, you're single, you are fat, you need to, you have to,
        you must, you should, you deserve, you look, people like you, someone like you,
        someone your age, your age, at your age, as a mother, as a father, as a woman, as a man,
        as a parent, we noticed, we noticed that, we saw that you, we know that you, we know you,
        we know what you, we've been watching, we have been watching, you always, you never,
        you haven't, you have not, you forgot, you failed, you lost, what's wrong with you,
        loser*, your divorce, your illness, your debt*, your health, your weight, your religion,
        your income, your salary, your financial, your loneliness, your children, your kids,
        your wife, your husband, your partner, get off the couch, addicted, addict*,
        your friends have, your friends are, your friends already, your neighbours,
        your neighbors, your colleagues, your boss, everyone but you, everybody but you,
        all but you
    """),
    sensitive=phrases("""
        catholic*, christian*, muslim*, islam*, jew, jews, jewish, hindu*, buddhist*, atheist*,
        religious, church, black viewers, black people, white people, asian viewers, ethnic*, gay,
        lesbian*, bisexual*, transgender, queer, homosexual*, divorced, divorcee*, pregnant,
        disabled, disability, immigrant*, refugee*, republican*, democrat, democrats,
        conservative*, liberals, alcoholic*, cancer, hiv
    """),
    secrets=phrases("""
        password*, passcode*, credit card*, card number*, bank account*, account number*,
        pin code*, security code*, social security, log in to, verify your, confirm your account,
        your bank, your account, account will be, your card, your cards, card details,
        card at hand, card ready, login, log in, sign in, your details, one-time code, your id,
        your passport, gift card*
    """),
    profanity=phrases("""
        fuck*, shit*, bullshit, crap, damn*, goddamn, bitch*, bastard*, asshole*, arse, arsehole*,
        dick, dickhead*, cock, cunt*, piss*, prick, slut*, whore*, wank*, bollocks, motherfuck*,
        nigger*, nigga*, faggot*, retard*, tits, porn*, sexy, nude*, naked
    """),
    talk=phrases("""
        as an ai, language model, i cannot, i can't, i am sorry, i'm sorry, sorry but,
        sure thing, here is a, here is the, here's a, here's the, here is your, certainly,
        of course!, note that, in this language, in english, in french, in spanish, in japanese,
        translation, translated, subject line, sms:, text:, email:, subject:, message:, title:,
        language:, channel:, dear user, dear customer, dear member, dear viewer, dear friend,
        dear sir, json, prompt, instruction*, the facts, facts, a fact, slots, template,
        the viewer, a viewer, push notification, text message, this message, this email,
        this mail, the reader, best regards, sincerely, kind regards, yours truly, click here,
        the user, a user, sign up, subscribe, download, attached, attachment*, contact us,
        call us, phone number, qr code*, scan the, scan this, app store, play store, google play,
        reply yes, reply with, text us, send us, ring us, ring oh, call now, dial, forward this
    """),
    claims={
        "free": phrases("""
            free, for free, free of charge, no cost, no charge, costs nothing, on us,
            complimentary, gratis, no strings, on the house, zero cost, won't cost,
            will not cost, doesn't cost, does not cost, cost you nothing, without paying,
            no payment, no fee*, without fee*, without charge, pay nothing, nothing to pay,
            at no price, no price, no obligation*, no commitment*, keep your wallet, freebie*,
            gratuit*, toll-free
        """),
        "guarantee": phrases("""
            guarantee*, risk-free, risk free, no risk, promise*, certain to, never fails,
            100 percent, money back, you will love, you'll love, vouch*, refund*, your money,
            cannot disappoint, can't disappoint, won't disappoint, will not disappoint,
            not disappoint, never disappoint*, no disappointment*, won't regret, will not regret,
            never regret, no regrets, we swear, we assure, assured, satisfaction, sure to please,
            can't go wrong, cannot go wrong, cannot fail, can't fail, bet you, mark our words,
            you have our word, on our word, trust us
        """),
        "superlative": phrases("""
            the best, best of, best-selling, bestselling, best series, best film, best movie,
            best show, greatest, number one, no. 1, #1, unrivalled, unrivaled, unbeatable,
            unmatched, the most, world's, of all time, of the year, top-rated, top rated, finest,
            second to none, ultimate, ever made, ever seen, masterpiece*, unsurpassed, peerless,
            without equal, no equal, unequalled, unequaled, incomparable, nothing compares,
            nothing beats, better than any, better than all, better than every, unmissable,
            unparalleled, matchless, top of the charts, number 1
        """),
        "award": phrases("""
            award*, oscar*, emmy*, golden globe*, bafta*, cannes, sundance, prize*, acclaimed,
            nominated, nomination*, winner*, winning, critics, critically, reviewers, reviews,
            five-star, stars out of, rated, trophy, trophies, medal*, laurels, honoured, honored,
            honours, garlanded, prizewinning, critic, reviewed, praised, lauded,
            festival darling, palme, césar, star rating
        """),
        "exclusive": phrases("""
            exclusive*, only on, only here, nowhere else, first to see, world premiere,
            never before seen, before anyone else
        """),
        "discount": phrases("""
            discount*, percent off, % off, off the price, save money, on sale, half price,
            half-price, bargain*, cheap*, special offer, special price, lowest price, reduced,
            cut-price, cut price, knocked down, price drop, for less, less than half, save up,
            markdown, marked down, rebate*, voucher*, coupon*, promo code, cashback, cash back,
            savings
        """),
        "popular": phrases("""
            everyone is watching, everybody is watching, everyone's watching, everyone is talking,
            everybody is talking, everyone's talking, trending, viral, blockbuster*, smash hit,
            hit series, hit show, hit film, most watched, most-watched, popular, most popular,
            beloved, famous, renowned, celebrated, legendary, fan favourite, fan favorite,
            sensation
        """),
        "health": phrases("""
            cure*, heals, healing, therapy, therapeutic, stress relief, anxiety, depression,
            insomnia, medical
        """),
        "approval": phrases("""
            instant approval, pre-approved, preapproved, approval, approved, no credit check,
            bad credit, easy money, get rich, no questions asked, instant cash, fast cash,
            debt-free, lowest rate, low interest, interest-free, zero interest, no interest
        """),
    },
    harmless=phrases("""
        feel free to, free evening*, free time, free hour*, free weekend*, free afternoon*,
        free morning*, free day, free moment*, free night*, no hurry, without hurry,
        no need to hurry, don't hurry, no need to, all you need to do, all you have to do,
        you only need to, you only have to, you don't need to, you don't have to,
        you do not need to, you do not have to, to your liking, hold your breath, not too late
    """),
)
