"""Members, and things to tell them of."""

MEMBERS = """member_id,name,birth_date,language,country,email,phone
ann,Ann <b>& Söhne</b>,1985-12-10,en,GB,ann@example.com,+447911123456
chloe,Chloé,1990-05-05,fr,FR,chloe@example.com,
kid,Tim,2020-06-01,en,GB,tim@example.com,
"""
FACTS = """
[[title]]
id = "nocturne"
title = "Nocturne City"
genres = ["Crime"]
[[title]]
id = "harbor"
title = "Harbor Lights"
[[title]]
id = "kestrel"
title = "Kestrel"
[[title]]
id = "lagoon"
title = "Lagoon"
[[title]]
id = "aurora"
title = "Aurora Rising"
[[offer]]
id = "loan"
title = "Instalment loan"
noun = "loan"
least_age = 18
countries = ["GB"]
"""
