"""English."""

from sizzle.outreach.policy.words.language_words import phrases

ENGLISH = {
    "health": phrases("""
        blood, blood pressure, heart rate, heartbeat rate, cholesterol, weight loss, lose weight,
        diet, diets, pill, pills, medicine*, medication*, doctor, doctors, doctor's, remedy,
        remedies, symptom*, disease*, illness*, sick leave, pain-free, pains, headache*,
        migraine*, burnout, insomnia*, sleep better, sleeps better, helps you sleep,
        falling asleep, immune, mental, mood disorder, therapist*, detox*, vitamin*, hormone*,
        healthy, healthier, health, wellbeing, well-being, wellness, clinical*, patients,
        relieves, boosts your, lowers your, improves your, good for your, heartache, hangover*,
        fertility, ageing, aging, wrinkles, smarter, iq, fitter, eyesight, back pain, allergies
    """),
    "money": phrases("""
        costs, costing, priced, pays, payment*, cash, tax, taxes, debt, debts, interest rate*,
        interest rates, rate of interest, instalments from, profit*, earn, earns, earning*,
        richer, wealth*, wealthy, fiver, tenner, penny, pennies, dime*, nickel*, cheaper, pricey,
        expensive, affordable, budget, budgets, afford, invest*, returns of, wallet, money, fee,
        fees, surcharge*, deposit, deposits, mortgage*, repay*, borrow*, lend you, lender*,
        credit, credits you, salary, income, pension*, refinance*, savings, worth every,
        at our expense, invoice*, lottery, jackpot, prize draw, raffle*, reward points, bank,
        banks, overdraft*, collateral, payday*, spend less, spending less
    """),
    "law": phrases("""
        legal, legally, laws, lawful*, lawyer*, courts, binding, liable, liability, insured,
        insurance, deductible, subsidy, subsidies, subsidised, subsidized, licensed, certified,
        certificate*, regulated, regulator*, authorised, authorized, officially, entitled,
        entitlement*, your right, cancel, cancels, cancellation*, warranty, terms apply,
        conditions apply, void where, contract*, obliged, waive*, compensation, compliant,
        approved by, backed by, endorsed, recommended by, trademark*, copyright, withdraw, sue,
        penalty, penalties, opt in, agree to
    """),
    "politics": phrases("""
        government*, election*, elected, vote, votes, voter*, voting, ballot*, president*,
        prime minister*, minister, ministers, parliament*, senate, senator*, congress, politic*,
        party line, left-wing, right-wing, liberal, liberals, socialist*, communis*, fascis*,
        nazi*, brexit, nato, immigration, border wall, abortion, gun control, protest*,
        revolution*, war in, the war, propaganda, climate policy, vaccine*, vaccinat*, conspirac*,
        trump, biden, putin
    """),
    "people": phrases("""
        neighbour*, neighbor*, colleague*, coworker*, co-worker*, boss, classmate*, your ex,
        an ex, your mother, your father, your mum, your mom, your dad, your sister, your brother,
        your son, your daughter, your baby, the baby, your parents, your grandmother,
        your best friend, your girlfriend, your boyfriend, your spouse, your husband, your wife,
        your roommate, your flatmate, widow*, widower*, expecting, newborn*, breakup, break-up,
        split up, your birthday, your wedding, your boss's, your home in, your street, your town,
        your city, your postcode, your location, where you live, your last, you searched,
        you bought, you stayed up, you work, unemployed, retired, retirement, menopaus*,
        teenager*, veterans, members like you, people near you, people in your, other members,
        other viewers, another member, someone near, everyone at, everyone in your,
        everyone you know, your crush, you two, you both, your ethnicity, your accent,
        your origin, bald, overweight
    """),
    "children": phrases("""
        kids, child, children*, schoolchild*, schoolkid*, pupils, teen, teens, teenage*, underage,
        minors, babies, little ones, youngsters, for all ages, all ages, any age, every age,
        family-friendly, child-friendly, homework, kindergarten, nursery, classroom*,
        boys and girls, your parents
    """),
    "technology": phrases("""
        4k, 8k, uhd, hdr, ultra hd, high definition, dolby, surround, atmos, imax, dubbed,
        dubbing, subtitle*, captions, audio description, original language, original version,
        uncut, director's cut, extended, remastered, restored, black and white, in colour, 3d, vr,
        virtual reality, worldwide, all over the world, anywhere in the world, in every country,
        in all countries, any country, ad-free, without ads, no ads, commercials,
        commercial breaks, buffering, in cinemas, in theaters, in theatres, on dvd, blu-ray,
        console, all devices, any device, every device, smart tv, smart tvs, wifi, wi-fi,
        broadband, update your, install, installs, live broadcast, broadcast*, simultaneously,
        on demand
    """),
    "excess": phrases("""
        binge*, skip sleep, skip work, skip dinner, skip class, forget sleep, forget work,
        sleepless, no sleep, without sleep, all-nighter, until dawn, till dawn, until sunrise,
        till sunrise, can't stop, cannot stop, won't stop, unable to stop, never stop,
        won't be able to stop, impossible to stop, one more episode, just one more, hooked,
        craving*, obsess*, addict*, compulsive*, marathon*, call in sick, quit your job,
        whole weekend away, hours on end, non-stop, nonstop, whisky, whiskey, vodka, booze, weed,
        cigarette*, smoke a, drugs, drug, cocaine, gambl*, casino*
    """),
    "violence": phrases("""
        kill, kills, killing, bomb*, gun, guns, shoot*, stab*, blood-soaked, bloodbath, massacre*,
        terror*, torture*, suicid*, rape*, hang yourself, beat up, slaughter*, corpse*, gore,
        behead*, hatred, dies, dying, death, strangle*, poison*
    """),
    "scarcity": phrases("""
        won't be around, will not be around, not be around, won't last, will not last,
        won't be here, not be here for, not here for long, leaving us, clock is ticking,
        last call, final call, final night, final week, last week, last days, final days,
        final act, before it goes, before it leaves, before it closes, while you can,
        while you still, soon gone, about to end, ends on, ends at, deadline*, first come,
        first hundred, waiting list, reserve your, secure your, claim your, stock, stocks,
        rare chance, no second chance, for a short time, short time only, brief window,
        window closes, slots left, running low, not for long, won't come back, will not come back,
        left behind, be the last, be the first, before anyone, fear of, sorry later
    """),
    "comparison": phrases("""
        beats, outshines, outdoes, outclasses, surpass*, leaves the rest, puts to shame,
        better than, darker than, funnier than, bigger than, greater than, more than any,
        scarier than, smarter than, faster than, more thrilling than, more exciting than,
        than any, than all, than every, than anything, than ever, like no other,
        like nothing else, nothing like it, nothing else like, unlike anything, unlike any,
        unlike other, anything else on, everything else on, any other, all others, all other,
        every other, other services, other platforms, other series, other shows, other films,
        rival*, competitor*, compared, in a class, league of, a cut above, head and shoulders,
        one of a kind, superior, first of its kind, never seen before, groundbreaking, flawless,
        perfection, genius, spectacular, sensational, must-see, must-watch, essential viewing,
        top ten, top of the, charts, instead of your, replaces, replace your, ditch*, leave your,
        forget netflix, if you liked, from the makers, from the team, from the people,
        from the studio
    """),
    "contact": phrases("""
        find us, follow us, search for us, look us up, look for us, message us, write to us, dm,
        dms, username, user name, nickname, hashtag, our channel, our page on, our group,
        our shop, our store, our website, our site, website, web site, on social media,
        social media, dot com, dot net, dot org, dot co, slash, at sign, tiktok, instagram,
        telegram, whatsapp, discord, key word, keyword, whatsapp us, hotline, helpline, freephone,
        phone us, fax, mail us, visit our, our partner, our partners, sponsor*, brought to you,
        in association with, decode, in a mirror, backwards, read between, first letters
    """),
    "roles": phrases("""
        butler, mayor, nurse, nurses, lawyer*, attorney*, judge, soldier*, spy, spies, king,
        queen, prince, princess, thief, thieves, burglar*, gangster*, mobster*, scientist*,
        professor*, priest*, journalist*, hacker*, assassin*, sheriff, cop, cops, inspector,
        widow, orphan*, twins, alien*, zombie*, vampire*, witch*, ghost*, robot*, dragon*,
        villain*, heroine, suspect*, victim*, kidnap*, vanished, disappearance, betray*, revenge,
        twist, twists, spoiler alert, finale, in the end, season finale, cliffhanger*
    """),
    "origin": phrases("""
        stage play, theatre play, opera, comic, comics, manga, video game, podcast,
        true crime case, franchise, trilogy, reboot, soundtrack, orchestra, composer*, filmed,
        filming, shot in, shot on, renewed, cancelled, canceled, crew, behind the scenes,
        making of, showrunner*
    """),
    "danger": phrases("""
        at the wheel, behind the wheel, while driving, while you drive, steering, jump off,
        jump from, climb out, skip your medication, without a helmet, drive to, you will pay,
        you'll pay, you'll be sorry, you will be sorry, watch your back, we know where
    """),
    "groups": phrases("""
        ladies, gentlemen, wimps, sissies, cowards, snowflakes, housewives, foreigners, tourists,
        peasants, elites, boomers, millennials, blondes
    """),
    "subscriptions": phrases("""
        your plan, plan includes, included in, package, packages, subscription*, subscriber*,
        subscribing, upgrade*, membership, tier, bundle, giveaway, plants a tree, donat*, charity,
        charities, rewarded, loyalty
    """),
    "readers": phrases("""
        you have been, you've been, you had been, you appear, your mood, up late,
        you slept, you looked, your day was
    """),
    "durations": phrases("""
        lunch break*, coffee break*, shorter than, longer than, in no time, in one sitting,
        in one go, runtime, running time
    """),
}
