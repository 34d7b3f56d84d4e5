"""The 26 companies that signed first, in July 2015.

Names as printed by L'Usine Digitale on 2 July 2015. They are history, not accounts: no site, slot or person of
this portal is attributed to them.
"""

CAMPAIGN_YEAR = 2015

FIRST_SIGNATORIES = (
    "af83",
    "AlliAFinance",
    "Captain Dash",
    "Challengy",
    "Direct Energie",
    "Fabernovel",
    "Flaminem",
    "Groupe Igma",
    "Groupe Interaction",
    "Institut Louis Bachelier",
    "Inwest Group",
    "LearnAssembly",
    "Les Gentils",
    "Linkbynet",
    "Lyra Network",
    "Mailinblack",
    "Milibris",
    "Orange",
    "Pearltrees",
    "Pelham Media",
    "Salesforce",
    "Sindup",
    "Spintank",
    "Technopole Marseille",
    "Up",
    "Xamance",
)
